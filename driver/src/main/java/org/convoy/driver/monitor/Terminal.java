package org.convoy.driver.monitor;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * A terminal with printed lines and, below them, one live line that is rewritten in place. Other
 * writers to the same terminal use {@link #lines()}; their lines then appear complete above the
 * live line. Without a terminal there is no live line and every line is plain. Control characters
 * in lines are escaped.
 */
public final class Terminal {
  private static final String CLEAR = "\r\u001b[K";

  private final PrintStream out;
  private final boolean live;
  private final int columns;
  private String shown = "";

  /**
   * A terminal.
   *
   * @param out the stream to write to
   * @param live whether lines can be rewritten
   * @param columns its width; a longer live line is cut
   */
  public Terminal(PrintStream out, boolean live, int columns) {
    this.out = out;
    this.live = live;
    this.columns = columns;
  }

  /** The terminal of this process. It is live if a person uses it and wants a live line. */
  public static Terminal of(PrintStream out, boolean wantsLive) {
    boolean dumb = "dumb".equals(System.getenv("TERM"));
    return new Terminal(out, wantsLive && !dumb && System.console() != null, width());
  }

  private static int width() {
    try {
      return Math.max(40, Integer.parseInt(String.valueOf(System.getenv("COLUMNS")).strip()));
    } catch (NumberFormatException e) {
      return 100;
    }
  }

  /** Whether there is a live line. */
  public boolean isLive() {
    return live;
  }

  /** Replaces the live line; an empty text removes it. */
  public synchronized void show(String line) {
    if (live) {
      String text = Printable.name(line);
      shown = text.length() < columns ? text : text.substring(0, columns - 1);
      out.print(CLEAR + shown);
      out.flush();
    }
  }

  /** Prints a line that stays. */
  public synchronized void print(String line) {
    String text = Printable.message(line);
    out.print(shown.isEmpty() ? text + "\n" : CLEAR + text + "\n" + shown);
    out.flush();
  }

  /** A stream for other writers to this terminal, for example for {@code System.setErr}. */
  public PrintStream lines() {
    return new PrintStream(new LineStream(), true, StandardCharsets.UTF_8);
  }

  /** Holds bytes back until a line is complete. */
  private final class LineStream extends OutputStream {
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int value) {
      if (value == '\n') {
        print(line.toString(StandardCharsets.UTF_8));
        line.reset();
      } else {
        line.write(value);
      }
    }

    @Override
    public synchronized void close() {
      if (line.size() > 0) {
        write('\n');
      }
    }
  }
}
