package org.convoy.driver.monitor;

import java.util.Locale;
import org.convoy.task.Metric;

/**
 * Formats numbers for people, the same on every machine. A value that was not measured is a dash.
 */
final class Figures {
  private static final String NONE = "–";
  private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

  private Figures() {}

  /** A metric's value, formatted by its form. */
  static String metric(Metric metric, double value) {
    return metric.form() == Metric.Form.SHARE ? percent(value) : loss(value);
  }

  /** 0.7895 as 78.95%. */
  static String percent(double part) {
    return Double.isNaN(part) ? NONE : format("%.2f%%", 100 * part);
  }

  /** Four digits, for losses: 1.234, 0.05678. */
  static String loss(double value) {
    if (Double.isNaN(value)) {
      return NONE;
    }
    return Math.abs(value) < 10 ? format("%.4f", value) : format("%.2f", value);
  }

  /** Three significant digits without trailing zeros: 0.1, 0.0812, 3.2e-07. */
  static String learningRate(double rate) {
    if (rate == 0 || (rate >= 1e-4 && rate < 1e5)) {
      int digits = rate == 0 ? 0 : Math.max(0, 2 - (int) Math.floor(Math.log10(rate)));
      String text = format("%." + digits + "f", rate);
      return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }
    return Double.isNaN(rate) ? NONE : format("%.2e", rate);
  }

  /** 446.2 as 446, 4.46 as 4.46. */
  static String rate(double perSecond) {
    if (Double.isNaN(perSecond)) {
      return NONE;
    }
    return perSecond >= 100 ? count(Math.round(perSecond)) : format("%.3g", perSecond);
  }

  /** Milliseconds: 1234.5 as 1,235, 12.34 as 12.3, 0.1234 as 0.123. */
  static String milliseconds(double millis) {
    if (Double.isNaN(millis)) {
      return NONE;
    }
    return millis >= 100
        ? count(Math.round(millis))
        : format(millis >= 10 ? "%.1f" : millis >= 1 ? "%.2f" : "%.3f", millis);
  }

  /** 1234567 as 1,234,567. */
  static String count(long number) {
    return format("%,d", number);
  }

  /** 192 seconds as 3 min 12 s. */
  static String duration(double seconds) {
    if (Double.isNaN(seconds)) {
      return NONE;
    }
    if (seconds < 60) {
      return format("%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    return whole < 3600
        ? whole / 60 + " min " + whole % 60 + " s"
        : whole / 3600 + " h " + whole % 3600 / 60 + " min";
  }

  /** 751 seconds as 12:31. */
  static String clock(double seconds) {
    long whole = Math.round(seconds);
    return whole < 3600
        ? format("%d:%02d", whole / 60, whole % 60)
        : format("%d:%02d:%02d", whole / 3600, whole % 3600 / 60, whole % 60);
  }

  /** 1536 as 1.5 KiB. */
  static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < BINARY.length - 1) {
      value /= 1024;
      unit++;
    }
    return (unit == 0 ? Long.toString(bytes) : format("%.1f", value)) + " " + BINARY[unit];
  }

  /** {@link String#format} that does not depend on the machine's language. */
  static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
