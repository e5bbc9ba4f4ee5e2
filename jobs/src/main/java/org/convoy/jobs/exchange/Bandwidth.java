package org.convoy.jobs.exchange;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.convoy.settings.RequestException;

/** A network's speed. */
public record Bandwidth(long bitsPerSecond) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,6}(?:\\.\\d{1,3})?)([kmg])bit");
  private static final Map<String, Long> UNITS =
      Map.of("k", 1_000L, "m", 1_000_000L, "g", 1_000_000_000L);

  public Bandwidth {
    if (bitsPerSecond < 1) {
      throw new RequestException("expected a bandwidth above 0, got " + bitsPerSecond + " bit/s");
    }
  }

  /**
   * Reads a bandwidth such as {@code 25Gbit} or {@code 100mbit}, per second.
   *
   * @throws RequestException if it is none
   */
  public static Bandwidth parse(String text) {
    Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
    Long unit = matcher.matches() ? UNITS.get(matcher.group(2)) : null;
    if (unit == null) {
      throw new RequestException(
          "expected a bandwidth such as 100Mbit, 2.5Gbit or 25Gbit, got " + text);
    }
    return new Bandwidth(
        new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit)).longValue());
  }

  /**
   * In bytes of what is sent over TCP. Packets on Ethernet hold 1448 bytes of it, if they are as
   * long as is usual. With the headers of TCP, IP and Ethernet, and the gap between two frames,
   * each takes the time of 1538 bytes.
   */
  public double bytesPerSecond() {
    return bitsPerSecond / 8.0 * 1448 / 1538;
  }
}
