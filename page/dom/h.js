/**
 * @typedef {Node | string | number | null | undefined | false} One
 * @typedef {One | One[] | (One | One[])[] | any[]} Child
 * @typedef {Record<string, any>} Props Attributes; `on…` are listeners, `style` sets custom properties.
 */

/**
 * Makes an element. Text stays text: no markup is ever parsed.
 * @param {string} tag name with classes, such as `p.note.quiet`
 * @param {Props} [props]
 * @param {...Child} children
 * @returns {any}
 */
export function h(tag, props = {}, ...children) {
  const [name = 'div', ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length > 0) element.className = classes.join(' ');
  setProps(element, props);
  append(element, children);
  return element;
}

/**
 * Makes an SVG element.
 * @param {string} tag
 * @param {Props} [props]
 * @param {...Child} children
 * @returns {SVGElement}
 */
export function svg(tag, props = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  setProps(element, props);
  append(element, children);
  return element;
}

/**
 * @param {HTMLElement | SVGElement} element
 * @param {Props} props
 */
function setProps(element, props) {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'style')
      for (const [key, one] of Object.entries(value)) element.style.setProperty(key, one);
    else if (name === 'value' && element instanceof HTMLInputElement) element.value = value;
    else element.setAttribute(name, value === true ? '' : String(value));
  }
}

/**
 * @param {Element} element
 * @param {Child[]} children
 */
export function append(element, children) {
  for (const child of children.flat(9)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/**
 * Replaces what is in an element.
 * @param {Element} element
 * @param {...Child} children
 */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
}
