/** The diagram as a list: what each element is and what is going on there. Selecting here selects in the diagram. */
import { IconAlertTriangle, IconCheck, IconPlayerPlay, IconRobot } from '@tabler/icons-react';
import type { ElementStatistics } from '../api/types';
import { elementKind } from '../format/names';
import type { DiagramElement } from './outline';

export function Elements({ elements, statistics, selected, onSelect }: {
  elements: DiagramElement[];
  statistics: ElementStatistics[];
  selected?: string;
  onSelect: (elementId: string | undefined) => void;
}) {
  const counts = new Map(statistics.map((each) => [each.elementId, each]));
  return (
    <ul className="elements" aria-label="Elements of the process">
      {elements.map((element) => {
        const count = counts.get(element.id);
        const kind = elementKind(element.type);
        const active = count?.active ?? 0;
        return (
          <li key={element.id}>
            <button
              type="button"
              aria-pressed={selected === element.id}
              title={`${kind}${element.agent ? `, ${element.agent}` : ''} · ${element.id}`}
              style={element.depth ? { paddingLeft: 8 + 14 * Math.min(element.depth, 5) } : undefined}
              onClick={() => onSelect(selected === element.id ? undefined : element.id)}
            >
              <span className={`element-name ${count ? '' : 'element-quiet'}`}>{element.name || kind}</span>
              <span className="sr-only">{element.name ? kind : ''}</span>
              {element.agent && (
                <span className="element-count element-quiet">
                  <IconRobot size={13} aria-hidden /><span className="sr-only">{element.agent}</span>
                </span>
              )}
              {count && count.incidents > 0 && (
                <span className="element-count" data-tone="incident">
                  <IconAlertTriangle size={13} aria-hidden />{count.incidents}<span className="sr-only">with an incident</span>
                </span>
              )}
              {active > 0 && (
                <span className="element-count" data-tone="active">
                  <IconPlayerPlay size={13} aria-hidden />{active}<span className="sr-only">active</span>
                </span>
              )}
              {count && count.completed > 0 && (
                <span className="element-count" data-tone="completed">
                  <IconCheck size={13} aria-hidden />{count.completed}<span className="sr-only">completed</span>
                </span>
              )}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
