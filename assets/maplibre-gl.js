// MapLibre 6 has named exports only; a page imports what it needs from here.
export * from "maplibre-gl";
