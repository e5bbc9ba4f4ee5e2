// Changes of colours and affine maps with the rounding of Pillow, operation by operation, on several pixels at once. The
// Java code of the same names is the reference: float32 where it has float, float64 where it has double.

#include "pixels.h"

namespace {

constexpr int64 LANES = 16;

typedef int Ints __attribute__((ext_vector_type(16)));
typedef float Floats __attribute__((ext_vector_type(16)));
typedef double Doubles __attribute__((ext_vector_type(16)));
typedef uint8 Bytes __attribute__((ext_vector_type(16)));

INLINE Ints truncated(Doubles x) { return __builtin_convertvector(x, Ints); }
INLINE Doubles doubles(Ints x) { return __builtin_convertvector(x, Doubles); }
INLINE Doubles doubles(Floats x) { return __builtin_convertvector(x, Doubles); }
INLINE Floats floats(Ints x) { return __builtin_convertvector(x, Floats); }
INLINE Floats floats(Doubles x) { return __builtin_convertvector(x, Floats); }
INLINE Ints chosen(Ints condition, Ints a, Ints b) { return (condition & a) | (~condition & b); }
INLINE Floats chosen(Ints condition, Floats a, Floats b) {
  return __builtin_bit_cast(Floats, chosen(condition, __builtin_bit_cast(Ints, a), __builtin_bit_cast(Ints, b)));
}
INLINE Ints smaller(Ints a, Ints b) { return chosen(a < b, a, b); }
INLINE Ints larger(Ints a, Ints b) { return chosen(a > b, a, b); }

// Pixels by channel.
struct Colours {
  Ints red, green, blue;

  static INLINE Colours load(const uint8* from, int64 count) {
    int channels[3][LANES] = {};
    for (int64 i = 0; i < count; i++) {
      for (int64 c = 0; c < 3; c++) channels[c][i] = from[3 * i + c];
    }
    Colours colours;
    __builtin_memcpy(&colours.red, channels[0], sizeof(Ints));
    __builtin_memcpy(&colours.green, channels[1], sizeof(Ints));
    __builtin_memcpy(&colours.blue, channels[2], sizeof(Ints));
    return colours;
  }

  INLINE void store(uint8* to, int64 count) const {
    int channels[3][LANES];
    __builtin_memcpy(channels[0], &red, sizeof(Ints));
    __builtin_memcpy(channels[1], &green, sizeof(Ints));
    __builtin_memcpy(channels[2], &blue, sizeof(Ints));
    for (int64 i = 0; i < count; i++) {
      for (int64 c = 0; c < 3; c++) to[3 * i + c] = static_cast<uint8>(channels[c][i]);
    }
  }

  INLINE Ints luma() const { return (19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16; }
};

// Calls body(address, count) for groups of up to as many pixels as there are lanes.
template <class Body>
INLINE void groups(uint8* image, int64 pixels, const Body& body) {
  int64 i = 0;
  for (; i + LANES <= pixels; i += LANES) body(image + 3 * i, LANES);
  if (i < pixels) body(image + 3 * i, pixels - i);
}

INLINE Ints blended(Ints plain, Ints value, float part) {
  Floats blend = floats(plain) + part * floats(value - plain);
  Ints whole = __builtin_convertvector(chosen(blend < 0.0f, Floats(0.0f), chosen(blend > 255.0f, Floats(255.0f), blend)), Ints);
  return whole;
}

void saturate(uint8* image, int64 pixels, float part) {
  groups(image, pixels, [&](uint8* at, int64 count) {
    Colours colours = Colours::load(at, count);
    Ints grey = colours.luma();
    Colours{blended(grey, colours.red, part), blended(grey, colours.green, part), blended(grey, colours.blue, part)}
        .store(at, count);
  });
}

// Half away from zero, of what is not negative.
INLINE Ints rounded(Doubles x) { return smaller(truncated(x + 0.5), Ints(255)); }

INLINE Ints hueOf(const Colours& colours, Ints most, Ints range) {
  Floats width = floats(range);
  Floats fromRed = floats(most - colours.red) / width;
  Floats fromGreen = floats(most - colours.green) / width;
  Floats fromBlue = floats(most - colours.blue) / width;
  Floats first = fromBlue - fromGreen;
  Floats second = floats(2.0 + doubles(fromRed) - doubles(fromBlue));
  Floats third = floats(4.0 + doubles(fromGreen) - doubles(fromRed));
  Floats sextant = chosen(colours.red == most, first, chosen(colours.green == most, second, third));
  Doubles turns = doubles(sextant) / 6.0 + 1.0;
  Floats circle = floats(turns < 1.0 ? turns : turns - 1.0);
  return smaller(truncated(doubles(circle) * 255.0), Ints(255));
}

INLINE Colours ofHue(Ints hue, Ints saturation, Ints value) {
  Doubles place = doubles(hue) * 6.0 / 255.0;
  Ints sextant = truncated(place);
  Floats rest = floats(place - doubles(sextant));
  Floats part = floats(doubles(saturation) / 255.0);
  Doubles full = doubles(value);
  Doubles wide = doubles(part);
  Doubles over = doubles(rest);
  Ints least = rounded(full * (1.0 - wide));
  Ints falling = rounded(full * (1.0 - wide * over));
  Ints rising = rounded(full * (1.0 - wide * (1.0 - over)));
  Ints s = chosen(sextant == 6, Ints(0), sextant);
  Ints zero = s == 0, one = s == 1, two = s == 2, three = s == 3, four = s == 4;
  Colours colours;
  colours.red = chosen(zero, value, chosen(one, falling, chosen(two | three, least, chosen(four, rising, value))));
  colours.green = chosen(zero, rising, chosen(one | two, value, chosen(three, falling, least)));
  colours.blue = chosen(zero | one, least, chosen(two, rising, chosen(three | four, value, falling)));
  return colours;
}

void turnHue(uint8* image, int64 pixels, int steps) {
  groups(image, pixels, [&](uint8* at, int64 count) {
    Colours colours = Colours::load(at, count);
    Ints most = larger(colours.red, larger(colours.green, colours.blue));
    Ints range = most - smaller(colours.red, smaller(colours.green, colours.blue));
    Ints grey = range == 0;
    // Grey pixels are divided by one, and the result is not used.
    Ints divisor = chosen(grey, Ints(1), most);
    Ints saturation = truncated(doubles(floats(range) / floats(divisor)) * 255.0);
    grey |= saturation == 0;
    Ints hue = (hueOf(colours, most, chosen(grey, Ints(1), range)) + steps) & 0xff;
    Colours turned = ofHue(hue, saturation, most);
    Colours{chosen(grey, most, turned.red), chosen(grey, most, turned.green), chosen(grey, most, turned.blue)}.store(
        at, count);
  });
}

// An image and where its copy goes.
struct Picture {
  const uint8* source;
  int64 height, width;
  uint8* out;
};

// From places of the copy to places of the image.
struct Map {
  double a, b, c, d, e, f;
};

typedef long Longs __attribute__((ext_vector_type(16)));

INLINE Ints condition(Longs x) { return __builtin_convertvector(x, Ints); }

// The 32 bits from each place on. What is behind a pixel is not used.
INLINE Ints gathered(const uint8* from, Ints places) {
  int found[LANES];
  for (int64 i = 0; i < LANES; i++) __builtin_memcpy(&found[i], from + places[i], sizeof(int));
  Ints all;
  __builtin_memcpy(&all, found, sizeof all);
  return all;
}

INLINE Ints between(Ints upperLeft, Ints upperNext, Ints lowerLeft, Ints lowerNext, Doubles right, Doubles down) {
  Doubles above = doubles(upperLeft) + doubles(upperNext - upperLeft) * right;
  Doubles below = doubles(lowerLeft) + doubles(lowerNext - lowerLeft) * right;
  return truncated(above + (below - above) * down);
}

INLINE Doubles chosen(Longs condition, Doubles a, Doubles b) {
  Longs x = __builtin_bit_cast(Longs, a);
  Longs y = __builtin_bit_cast(Longs, b);
  return __builtin_bit_cast(Doubles, (condition & x) | (~condition & y));
}

// The colours at the places (x, y), which are measured from the corner; black outside.
INLINE Colours coloursAt(const Picture& p, Doubles fromX, Doubles fromY) {
  Longs inside = (fromX >= 0.0) & (fromX < static_cast<double>(p.width)) & (fromY >= 0.0) &
                 (fromY < static_cast<double>(p.height));
  // To the middle of a pixel. Places outside are computed as if they were the first.
  Doubles x = chosen(inside, fromX, Doubles(0.5)) - 0.5;
  Doubles y = chosen(inside, fromY, Doubles(0.5)) - 0.5;
  Ints column = chosen(condition(x < 0.0), Ints(-1), truncated(x));
  Ints row = chosen(condition(y < 0.0), Ints(-1), truncated(y));
  Doubles right = x - doubles(column);
  Doubles down = y - doubles(row);
  int rowBytes = static_cast<int>(p.width * 3);
  Ints upper = larger(row, Ints(0)) * rowBytes;
  Ints lower = smaller(row + 1, Ints(static_cast<int>(p.height) - 1)) * rowBytes;
  Ints left = larger(column, Ints(0)) * 3;
  Ints next = smaller(column + 1, Ints(static_cast<int>(p.width) - 1)) * 3;
  Ints upperLeft = gathered(p.source, upper + left);
  Ints upperNext = gathered(p.source, upper + next);
  Ints lowerLeft = gathered(p.source, lower + left);
  Ints lowerNext = gathered(p.source, lower + next);
  Ints channels[3];
  for (int c = 0; c < 3; c++) {
    int shift = 8 * c;
    channels[c] = between(upperLeft >> shift & 0xff, upperNext >> shift & 0xff, lowerLeft >> shift & 0xff,
                          lowerNext >> shift & 0xff, right, down) &
                  condition(inside);
  }
  return Colours{channels[0], channels[1], channels[2]};
}

void transform(const Picture& p, const Map& m) {
  Doubles middles = {0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5, 11.5, 12.5, 13.5, 14.5, 15.5};
  for (int64 row = 0; row < p.height; row++) {
    double y = static_cast<double>(row) + 0.5;
    for (int64 column = 0; column < p.width; column += LANES) {
      Doubles x = middles + static_cast<double>(column);
      Colours colours = coloursAt(p, m.a * x + m.b * y + m.c, m.d * x + m.e * y + m.f);
      colours.store(p.out + (row * p.width + column) * 3, least(LANES, p.width - column));
    }
  }
}

// Interpolates from one value to each, where the part may be more than 1.
void blend(uint8* values, int64 count, int plain, float part) {
  for (int64 i = 0; i < count; i += LANES) {
    Bytes bytes = 0;
    unsigned long here = static_cast<unsigned long>(least(LANES, count - i));
    __builtin_memcpy(&bytes, values + i, here);
    bytes = __builtin_convertvector(blended(Ints(plain), __builtin_convertvector(bytes, Ints), part), Bytes);
    __builtin_memcpy(values + i, &bytes, here);
  }
}

constexpr float NEIGHBOUR = 1 / 13.0f;
constexpr float MIDDLE = 5 / 13.0f;

INLINE Floats valuesAt(const uint8* from) {
  Bytes bytes;
  __builtin_memcpy(&bytes, from, sizeof bytes);
  return __builtin_convertvector(bytes, Floats);
}

INLINE Floats across(const uint8* at, int64 pixel, float middle) {
  return valuesAt(at - pixel) * NEIGHBOUR + valuesAt(at) * middle + valuesAt(at + pixel) * NEIGHBOUR;
}

// Interpolates from the smoothed image to the image. The border stays.
void sharpen(const uint8* from, int64 height, int64 row, int64 pixel, float part, uint8* to) {
  memcpy(to, from, static_cast<unsigned long>(height * row));
  for (int64 y = 1; y < height - 1; y++) {
    int64 end = (y + 1) * row - pixel;
    for (int64 i = y * row + pixel; i < end; i += LANES) {
      Floats sum = 0.5f + across(from + i + row, pixel, NEIGHBOUR);
      sum += across(from + i, pixel, MIDDLE);
      sum += across(from + i - row, pixel, NEIGHBOUR);
      Ints smoothed = __builtin_convertvector(sum, Ints);
      Ints value = __builtin_convertvector(valuesAt(from + i), Ints);
      Bytes bytes = __builtin_convertvector(blended(smoothed, value, part), Bytes);
      __builtin_memcpy(to + i, &bytes, static_cast<unsigned long>(least(LANES, end - i)));
    }
  }
}

int64 sumOfGrey(const uint8* image, int64 pixels) {
  int64 sum = 0;
  for (int64 i = 0; i < pixels; i++, image += 3) {
    sum += (19595 * image[0] + 38470 * image[1] + 7471 * image[2] + 0x8000) >> 16;
  }
  return sum;
}

}  // namespace

NATIVE(void, saturate)(void*, void*, int64 image, int64 pixels, float part) {
  saturate(pointer<uint8>(image), pixels, part);
}

NATIVE(void, turnHue)(void*, void*, int64 image, int64 pixels, int steps) {
  turnHue(pointer<uint8>(image), pixels, steps);
}

// The image has three channels, and so has its copy.
NATIVE(void, transform)
(void*, void*, int64 source, int64 height, int64 width, int64 out, double a, double b, double c, double d, double e,
 double f) {
  transform({pointer<uint8>(source), height, width, pointer<uint8>(out)}, {a, b, c, d, e, f});
}

NATIVE(void, blend)(void*, void*, int64 values, int64 count, int plain, float part) {
  blend(pointer<uint8>(values), count, plain, part);
}

NATIVE(int64, sumOfGrey)(void*, void*, int64 image, int64 pixels) { return sumOfGrey(pointer<uint8>(image), pixels); }

NATIVE(void, sharpen)
(void*, void*, int64 source, int64 height, int64 rowBytes, int64 channels, float part, int64 out) {
  sharpen(pointer<uint8>(source), height, rowBytes, channels, part, pointer<uint8>(out));
}
