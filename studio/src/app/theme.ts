/** Dirigent's look on top of Mantine: petrol for actions and tokens, brass only in the logo, red for incidents. */
import { createTheme, type MantineColorsTuple } from '@mantine/core';

const petrol: MantineColorsTuple = [
  '#e9f5f4', '#d2e9e8', '#a5d3d2', '#77bdbd', '#52a9aa', '#2f9295', '#1a7a7e', '#12666a', '#0f4f53', '#0a3a3d',
];
const slate: MantineColorsTuple = [
  '#dfe6e7', '#c3cccf', '#a7b3b7', '#8b999e', '#5d6b70', '#3a474c', '#2a3439', '#1c2428', '#151b1f', '#0e1316',
];
const gray: MantineColorsTuple = [
  '#f7f8f8', '#eff1f1', '#e3e7e7', '#d5dada', '#bcc4c5', '#98a2a4', '#6c777a', '#4f5a5d', '#343d40', '#1e2527',
];

/* Dark enough that white text on it can be read. */
const red: MantineColorsTuple = [
  '#fdecea', '#f9d3cf', '#f2a9a2', '#ea7d73', '#e2574a', '#d53b2d', '#c4372c', '#b3261e', '#8f1d17', '#6b1510',
];

export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: { light: 7, dark: 6 },
  colors: { petrol, red, dark: slate, gray },
  white: '#ffffff',
  black: '#172023',
  fontFamily: "Inter, 'Inter Variable', ui-sans-serif, system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif",
  fontFamilyMonospace: "'JetBrains Mono', ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  lineHeights: { xs: '1.35', sm: '1.4', md: '1.45', lg: '1.5', xl: '1.5' },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.25rem', xl: '2rem' },
  defaultRadius: 'md',
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '10px', xl: '16px' },
  headings: { fontWeight: '620', sizes: { h1: { fontSize: '1.25rem' }, h2: { fontSize: '1rem' }, h3: { fontSize: '0.875rem' } } },
  respectReducedMotion: true,
  cursorType: 'pointer',
  focusRing: 'auto',
  components: {
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm' } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300, events: { hover: true, focus: true, touch: false } } },
    Drawer: { defaultProps: { position: 'right', overlayProps: { backgroundOpacity: 0.35, blur: 1 }, closeButtonProps: { 'aria-label': 'Close' } } },
    Modal: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' }, overlayProps: { backgroundOpacity: 0.35, blur: 1 }, centered: false } },
  },
});
