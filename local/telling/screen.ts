/** Where the demo tells its stories: plain lines, and on a terminal colour and one line that changes in place. */
export interface Screen {
  line(text?: string): void;
  /** A line that must stand out: the end of a story. */
  verdict(good: boolean, text: string): void;
  /** What is going on right now; a terminal shows it in place, anything else gets a line when the text changes. */
  progress(text: string): void;
}

/** A screen on a stream. */
export function screenOn(stream: NodeJS.WriteStream): Screen {
  const terminal = stream.isTTY === true;
  let shown = '';
  const clear = (): void => {
    if (terminal && shown !== '') stream.write('\r\u001b[2K');
    if (terminal) shown = '';
  };
  const line = (text = ''): void => {
    clear();
    stream.write(`${text}\n`);
  };
  const colour = (code: number, text: string): string =>
    terminal ? `\u001b[${code}m${text}\u001b[0m` : text;
  return {
    line,
    verdict: (good, text) => line(colour(good ? 32 : 31, text)),
    progress: (text) => {
      if (text === shown) return;
      if (!terminal) line(text);
      else {
        clear();
        stream.write(colour(2, text));
      }
      shown = text;
    },
  };
}
