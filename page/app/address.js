/**
 * The address holds everything that the page shows, so that reload, back and a sent link show the same.
 * @typedef {object} Address
 * @property {string} place
 * @property {string} rest what follows the place, such as the id of a user
 * @property {Record<string, string>} params
 */

/** Parameters that every place shares; the others are left behind when the place changes. */
const SHARED = ['range', 'from', 'to', 'bucket', 'zone', 'users', 'asOf'];

/** @returns {Address} */
export function address() {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [place = '', ...rest] = path.split('/').map(decoded);
  return {
    place: place || 'overview',
    rest: rest.join('/'),
    params: Object.fromEntries(new URLSearchParams(query)),
  };
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * A link to a place that keeps what all places share; undefined removes a parameter.
 * @param {string} place may contain an id, such as `user/mira`
 * @param {Record<string, string | undefined>} [own]
 */
export function linkTo(place, own = {}) {
  const { params } = address();
  const shared = Object.fromEntries(SHARED.flatMap((name) => (name in params ? [[name, params[name]]] : [])));
  return hashOf(place, { ...shared, ...own });
}

/**
 * Changes parameters of the present place.
 * @param {Record<string, string | undefined>} own
 * @param {{ replace?: boolean }} [options] replace: leave no entry in the history
 */
export function change(own, { replace = false } = {}) {
  const { place, rest, params } = address();
  go(hashOf(rest ? `${place}/${encodeURIComponent(rest)}` : place, { ...params, ...own }), replace);
}

/**
 * Goes to an address; unlike a set hash, the page follows before this returns.
 * @param {string} hash
 * @param {boolean} [replace] leave no entry in the history
 */
export function go(hash, replace = false) {
  if (hash === location.hash) return;
  if (replace) history.replaceState(null, '', hash);
  else history.pushState(null, '', hash);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

/**
 * @param {string} place
 * @param {Record<string, string | undefined>} params
 */
function hashOf(place, params) {
  const set = Object.entries(params).flatMap(([name, value]) =>
    value ? [`${name}=${readable(value)}`] : [],
  );
  return `#/${place}${set.length > 0 ? `?${set.join('&')}` : ''}`;
}

/** @param {string} value */
const readable = (value) => encodeURIComponent(value).replace(/%(2F|3A|2C|40)/g, decodeURIComponent);
