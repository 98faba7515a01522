import { fill, h } from '../dom/h.js';
import { panelGroup } from '../parts/panel.js';
import { makeConversation } from './user/conversation.js';
import { makeMemories } from './user/memories.js';
import { makeEmotionTrend, makePicture } from './user/picture.js';
import { makeProfile, makeTitle } from './user/profile.js';
import { makeTimeline } from './user/timeline.js';
import { makeUserList } from './user/user-list.js';

/** @typedef {import('../app/question.js').Question} Question */

/**
 * @param {Question} question
 * @param {string} [path] below the user
 * @param {Record<string, string | number | undefined>} [params]
 */
export function ofUser({ rest, asOf }, path = '', params = {}) {
  return {
    path: `/v1/users/${encodeURIComponent(rest)}${path}`,
    params: { ...params, asOf: asOf?.position },
  };
}

/** One user: now, or as of any earlier moment. */
export default function user() {
  const element = h('div.place', {});
  const list = makeUserList();
  /** @type {{ id: string, group: ReturnType<typeof panelGroup> } | undefined} */
  let shown;

  const leave = () => {
    shown?.group.leave();
    shown = undefined;
  };
  /** @param {string} id */
  const enter = (id) => {
    leave();
    const title = makeTitle();
    const timeline = makeTimeline();
    const profile = makeProfile();
    const picture = makePicture();
    const trend = makeEmotionTrend();
    const memories = makeMemories();
    const [sessions, conversation] = makeConversation();
    shown = {
      id,
      group: panelGroup([title, timeline, profile, picture, trend, memories, sessions, conversation]),
    };
    const left = h('div', {}, picture.element, trend.element, memories.element);
    const right = h('div', {}, profile.element, sessions.element, conversation.element);
    fill(element, title.element, timeline.element, h('div.user-grid', {}, left, right));
  };
  return {
    element,
    /** @param {Question} question */
    async update(question) {
      if (!question.rest) {
        leave();
        if (!list.element.isConnected) fill(element, h('h1.hidden', {}, 'Users'), list.element);
        await list.update(question);
        return;
      }
      if (shown?.id !== question.rest) enter(question.rest);
      await shown?.group.update(question);
    },
    leave() {
      list.leave();
      leave();
    },
  };
}
