/* What the map of the face is made of. */
export function svg(name, attributes, parent) {
  const one = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
  parent.append(one);
  return one;
}

/* The usual place of this side whose reach holds the point; in fractions, as hemifacial.care. */
export function nearest(places, { x, y, side }) {
  let best = null, least = Infinity;
  for (const place of places) {
    const far = Math.hypot(place.x - x, place.y - y);
    if (place.side === side && far <= place.reach && far < least) [best, least] = [place, far];
  }
  return best;
}

/* A mark of an earlier session: each product has its own shape, so that colour need not tell. */
export function shapeOf(at, x, y, size, parent) {
  if (at % 3 === 0) return svg("rect", { x: x - size, y: y - size, width: 2 * size, height: 2 * size }, parent);
  if (at % 3 === 1) return svg("path", { d: `M${x} ${y - size}L${x + size} ${y + size}H${x - size}Z` }, parent);
  return svg("path", { d: `M${x} ${y - size}L${x + size} ${y}L${x} ${y + size}L${x - size} ${y}Z` }, parent);
}
