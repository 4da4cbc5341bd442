/** The packages of dmn-js have no types; this is what is used of them. */
declare module 'dmn-moddle' {
  export class DmnModdle {
    fromXML(xml: string, type: string): Promise<{ rootElement: unknown }>;
  }
}
declare module 'dmn-js/lib/NavigatedViewer' {
  export interface DmnView {
    type: string;
    element: { id: string; $type: string };
  }
  export default class DmnViewer {
    constructor(options: Record<string, unknown>);
    importXML(xml: string, options?: { open?: boolean }): Promise<unknown>;
    getViews(): DmnView[];
    getDefinitions(): unknown;
    open(view: DmnView): Promise<unknown>;
    getActiveViewer(): { get<T>(service: string): T } | undefined;
    destroy(): void;
  }
}
