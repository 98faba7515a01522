const { now: realNow } = Date;
const shift = Date.parse(process.env.CLOCK_STARTS_AT) - realNow();

// Loaded before a service, in each of its threads: its clock shows CLOCK_STARTS_AT now, and goes on from there.
globalThis.Date = class extends Date {
  constructor(...args) {
    if (args.length === 0) super(realNow() + shift);
    else super(...args);
  }

  static now() {
    return realNow() + shift;
  }
};
