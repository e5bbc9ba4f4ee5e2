// Losses and their gradients by a network's output. Each formula is that of the Java record of the same name, in the
// same order of operations, in double, with the exponentials and logarithms of StrictMath: it gives the same bits as on
// the host. What is long is cut into one index an element, and each sum keeps its order.
//
// at: 0 output, 1 its gradient, 2 targets, 3 numbers of the step, 4 numbers of the loss, 5 terms, 6 positions, 7 losses of
// samples, 8 totals. n: 0 classes, 1 positions, 2 elements of a sample of the output, 3 the first element of the output
// that counts, 4 the total, 5 samples. f: 0 weight of the output.
//
// Numbers of the step: the factor of the gradient, whether targets are labels, for each sample its weight, for each sample
// its share. A sample of weight 0 is not read. Numbers of the loss: the factor of a sample's sum of terms, its divisor, then
// those of the formula. A position has four numbers: the largest output, the sum of powers, the mass of its target, its loss.
#pragma once

#include "strict.cuh"

constexpr int OF_POSITION = 4;

struct Element {
  Index sample, c, position;
};

// Of an index that counts elements in the order of memory.
DEVICE Element elementAt(const Args& a, Index i) {
  const Index positions = size(a, 1);
  const Index row = i / positions;
  return {row / size(a, 0), row % size(a, 0), i % positions};
}

// Of an index that counts positions.
DEVICE Element positionAt(const Args& a, Index i) { return {i / size(a, 1), 0, i % size(a, 1)}; }

DEVICE double weightOf(const Args& a, Index sample) { return pointer<double>(a, 3)[2 + sample]; }

DEVICE double shareOf(const Args& a, Index sample) { return pointer<double>(a, 3)[2 + size(a, 5) + sample]; }

DEVICE double ofLoss(const Args& a, int which) { return pointer<double>(a, 4)[which]; }

DEVICE double* numbersOf(const Args& a, const Element& e) {
  return pointer<double>(a, 6) + OF_POSITION * static_cast<int64>(e.sample * size(a, 1) + e.position);
}

DEVICE int64 outputAt(const Args& a, const Element& e) {
  return e.sample * a.n[2] + a.n[3] + static_cast<int64>(e.c) * a.n[1] + e.position;
}

DEVICE double outputOf(const Args& a, const Element& e) { return pointer<float>(a, 0)[outputAt(a, e)]; }

DEVICE double targetOf(const Args& a, const Element& e) {
  if (pointer<double>(a, 3)[1] != 0) {
    return pointer<int>(a, 2)[e.sample * size(a, 1) + e.position] == static_cast<int>(e.c) ? 1 : 0;
  }
  return pointer<float>(a, 2)[(e.sample * size(a, 0) + e.c) * size(a, 1) + e.position];
}

DEVICE void putGradient(const Args& a, const Element& e, double value) {
  pointer<float>(a, 1)[outputAt(a, e)] = static_cast<float>(value) * static_cast<float>(pointer<double>(a, 3)[0]);
}

// The largest of the classes at a position.
DEVICE void loss_largest(const Args& a, Index i) {
  Element e = positionAt(a, i);
  double largest = doubleOf(static_cast<int64>(0xFFF0000000000000ull));
  if (weightOf(a, e.sample) == 0) return;
  for (; e.c < size(a, 0); e.c++) {
    const double x = outputOf(a, e);
    if (x > largest || x != x) largest = x;
  }
  numbersOf(a, e)[0] = largest;
}
KERNEL(loss_largest_any, loss_largest)

// The exponential of an element's distance from the largest, divided by the temperature.
DEVICE void loss_powers(const Args& a, Index i) {
  const Element e = elementAt(a, i);
  if (weightOf(a, e.sample) == 0) return;
  pointer<double>(a, 5)[i] = strictExp((outputOf(a, e) - numbersOf(a, e)[0]) / ofLoss(a, 2));
}
KERNEL(loss_powers_any, loss_powers)

DEVICE double powerOf(const Args& a, const Element& e) {
  return pointer<double>(a, 5)[(static_cast<int64>(e.sample) * a.n[0] + e.c) * a.n[1] + e.position];
}

// Numbers of the loss: 2 temperature 1, 3 what is kept of a target, 4 what every class gets.
DEVICE double smoothed(const Args& a, const Element& e) { return ofLoss(a, 3) * targetOf(a, e) + ofLoss(a, 4); }

DEVICE void cross_entropy_position(const Args& a, Index i) {
  Element e = positionAt(a, i);
  if (weightOf(a, e.sample) == 0) return;
  double sum = 0;
  double mass = 0;
  for (e.c = 0; e.c < size(a, 0); e.c++) {
    sum += powerOf(a, e);
    mass += smoothed(a, e);
  }
  double* numbers = numbersOf(a, e);
  const double logSum = numbers[0] + strictLog(sum);
  double loss = 0;
  for (e.c = 0; e.c < size(a, 0); e.c++) {
    const double target = smoothed(a, e);
    if (target != 0) loss += target * (logSum - outputOf(a, e));
  }
  numbers[1] = sum;
  numbers[2] = mass;
  numbers[3] = loss;
}
KERNEL(cross_entropy_position_any, cross_entropy_position)

DEVICE void cross_entropy(const Args& a, Index i) {
  const Element e = elementAt(a, i);
  double value = 0;
  if (weightOf(a, e.sample) != 0) {
    const double* numbers = numbersOf(a, e);
    const double share = shareOf(a, e.sample) / static_cast<double>(a.n[1]);
    value = share * (numbers[2] * (powerOf(a, e) / numbers[1]) - smoothed(a, e));
  }
  putGradient(a, e, value);
}
KERNEL(cross_entropy_any, cross_entropy)

// The losses of a sample's positions.
DEVICE void loss_of_positions(const Args& a, Index i) {
  double total = 0;
  if (weightOf(a, i) != 0) {
    for (Element e = {i, 0, 0}; e.position < size(a, 1); e.position++) total += numbersOf(a, e)[3];
  }
  pointer<double>(a, 7)[i] = ofLoss(a, 0) * total / ofLoss(a, 1);
}
KERNEL(loss_of_positions_any, loss_of_positions)

// The losses of a sample's elements.
DEVICE void loss_of_elements(const Args& a, Index i) {
  double total = 0;
  if (weightOf(a, i) != 0) {
    const double* terms = pointer<double>(a, 5) + static_cast<int64>(i) * a.n[0] * a.n[1];
    for (int64 k = 0; k < a.n[0] * a.n[1]; k++) total += terms[k];
  }
  pointer<double>(a, 7)[i] = ofLoss(a, 0) * total / ofLoss(a, 1);
}
KERNEL(loss_of_elements_any, loss_of_elements)

// The weighted sum over samples. An index is all of it.
DEVICE void loss_total(const Args& a, Index) {
  double total = 0;
  for (Index n = 0; n < size(a, 5); n++) {
    if (weightOf(a, n) != 0) total += weightOf(a, n) * pointer<double>(a, 7)[n];
  }
  pointer<double>(a, 8)[a.n[4]] = total;
}
KERNEL(loss_total_any, loss_total)

// A loss that is the mean of terms of single elements.
template <class Term>
DEVICE void elementwise(const Args& a, Index i, Term term) {
  const Element e = elementAt(a, i);
  double value = 0;
  double derivative = 0;
  if (weightOf(a, e.sample) != 0) {
    term(a, outputOf(a, e), targetOf(a, e), value, derivative);
    derivative = shareOf(a, e.sample) / ofLoss(a, 1) * derivative;
  }
  pointer<double>(a, 5)[i] = value;
  putGradient(a, e, derivative);
}

DEVICE double sigmoidOf(double x, double tail) { return (x < 0 ? tail : 1) / (1 + tail); }

DEVICE double softplusOf(double x, double logTail) { return (x > 0 ? x : 0) + logTail; }

// Numbers of the loss: 2 weight of positives, 3 what is kept of a target, 4 what every class gets.
struct BinaryCrossEntropy {
  DEVICE void operator()(const Args& a, double x, double given, double& value, double& derivative) const {
    const double tail = strictExp(-magnitudeOf(x));
    const double logTail = strictLog1p(tail);
    const double target = ofLoss(a, 3) * given + ofLoss(a, 4);
    const double positive = ofLoss(a, 2) * target;
    const double negative = 1 - target;
    value = positive * softplusOf(-x, logTail) + negative * softplusOf(x, logTail);
    derivative = negative * sigmoidOf(x, tail) - positive * sigmoidOf(-x, tail);
  }
};

DEVICE void binary_cross_entropy(const Args& a, Index i) { elementwise(a, i, BinaryCrossEntropy()); }
KERNEL(binary_cross_entropy_any, binary_cross_entropy)

// Numbers of the loss: 2 beta.
struct SmoothL1 {
  DEVICE void operator()(const Args& a, double x, double target, double& value, double& derivative) const {
    const double beta = ofLoss(a, 2);
    const double difference = x - target;
    const double distance = magnitudeOf(difference);
    const bool near = distance < beta;
    value = near ? difference * difference / (2 * beta) : distance - beta / 2;
    derivative = near ? difference / beta : difference > 0 ? 1 : difference < 0 ? -1 : difference;
  }
};

DEVICE void smooth_l1(const Args& a, Index i) { elementwise(a, i, SmoothL1()); }
KERNEL(smooth_l1_any, smooth_l1)

// The logarithm of a position's sum of softened powers, in the place of the sum. Numbers of the loss: 2 temperature.
DEVICE void distillation_position(const Args& a, Index i) {
  Element e = positionAt(a, i);
  if (weightOf(a, e.sample) == 0) return;
  double sum = 0;
  for (e.c = 0; e.c < size(a, 0); e.c++) sum += powerOf(a, e);
  double* numbers = numbersOf(a, e);
  numbers[1] = numbers[0] / ofLoss(a, 2) + strictLog(sum);
}
KERNEL(distillation_position_any, distillation_position)

// Terms in the order of positions, and the gradient mixed into that of the hard loss. Numbers of the loss: 2 temperature,
// 3 one minus the weight of the soft part, 4 that weight. at 9: the positions of the teacher, 2 its output.
DEVICE void distillation(const Args& a, Index i) {
  const Element e = elementAt(a, i);
  const double temperature = ofLoss(a, 2);
  double term = 0;
  float soft = 0;
  if (weightOf(a, e.sample) != 0) {
    const int64 position = e.sample * size(a, 1) + e.position;
    const double own = outputOf(a, e) / temperature - numbersOf(a, e)[1];
    const double teacher = targetOf(a, e) / temperature - pointer<double>(a, 9)[OF_POSITION * position + 1];
    const double aim = strictExp(teacher);
    if (aim > 0) term = aim * (teacher - own);
    const double scale = shareOf(a, e.sample) * temperature / static_cast<double>(a.n[1]);
    soft = static_cast<float>(scale * (strictExp(own) - aim));
  }
  pointer<double>(a, 5)[(static_cast<int64>(e.sample) * a.n[1] + e.position) * a.n[0] + e.c] = term;
  float& gradient = pointer<float>(a, 1)[outputAt(a, e)];
  gradient = gradient * static_cast<float>(ofLoss(a, 3)) + soft * static_cast<float>(ofLoss(a, 4));
}
KERNEL(distillation_any, distillation)

// The gradient of one of several outputs by its weight.
DEVICE void loss_weigh(const Args& a, Index i) { pointer<float>(a, 1)[outputAt(a, elementAt(a, i))] *= a.f[0]; }
KERNEL(loss_weigh_any, loss_weigh)
