/** The fields of an element template that a modeller fills in, by group. */
import type { ConnectorField, ConnectorTemplate } from '../../shared/api/types';

export interface FieldView {
  key: string;
  label: string;
  kind: string;
  description?: string;
  required: boolean;
  value?: string;
}

export function fieldsByGroup(template: ConnectorTemplate): { label: string; fields: FieldView[] }[] {
  const labels = new Map((template.groups ?? []).map((group) => [group.id, group.label]));
  const groups = new Map<string, FieldView[]>();
  const visible = (template.properties ?? template.fields ?? []).filter((field) => field.type !== 'Hidden' && (field.label || field.id));
  visible.forEach((field, index) => {
    const label = (field.group && labels.get(field.group)) || 'Fields';
    groups.set(label, [...(groups.get(label) ?? []), view(field, index)]);
  });
  return [...groups].map(([label, fields]) => ({ label, fields }));
}

function view(field: ConnectorField, index: number): FieldView {
  const value = field.value === undefined || field.value === null || field.value === '' ? undefined : String(field.value);
  return {
    key: `${field.id ?? field.binding?.name ?? field.label ?? ''}-${index}`,
    label: field.label ?? field.id ?? '',
    kind: field.type === 'Dropdown' && field.choices ? `one of ${field.choices.map((choice) => choice.name).join(', ')}` : (field.type ?? 'String').toLowerCase(),
    description: field.description,
    required: field.optional === false || field.constraints?.notEmpty === true,
    value,
  };
}
