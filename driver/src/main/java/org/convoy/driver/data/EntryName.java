package org.convoy.driver.data;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * A name in a tar, where names are bytes.
 *
 * @param text the name; if it is not UTF-8, bytes beyond ASCII are written as \xf4
 * @param isUtf8 whether the bytes are UTF-8
 */
record EntryName(String text, boolean isUtf8) {

  static final EntryName EMPTY = new EntryName("", true);

  /** The name up to the first NUL or the end of the field. */
  static EntryName of(byte[] bytes, int start, int length) {
    int end = start;
    while (end < start + length && bytes[end] != 0) {
      end++;
    }
    try {
      ByteBuffer field = ByteBuffer.wrap(bytes, start, end - start);
      // A new decoder reports bytes that are not UTF-8.
      return new EntryName(StandardCharsets.UTF_8.newDecoder().decode(field).toString(), true);
    } catch (CharacterCodingException e) {
      StringBuilder text = new StringBuilder();
      for (int i = start; i < end; i++) {
        text.append(bytes[i] >= 0 ? (char) bytes[i] : "\\x" + HexFormat.of().toHexDigits(bytes[i]));
      }
      return new EntryName(text.toString(), false);
    }
  }

  /** This name inside a folder. The name of the folder may be empty. */
  EntryName in(EntryName folder) {
    return folder.text().isEmpty()
        ? this
        : new EntryName(folder.text() + "/" + text, folder.isUtf8() && isUtf8);
  }
}
