// Losses and their gradients by a network's output. Each formula is that of the Java record of the same name, in the
// same order of operations, in double, with the exponentials and logarithms of StrictMath: it gives the same bits as on
// the host. What is long is cut into one index an element, and each sum keeps its order.
//
// at: 0 output, 1 its gradient, 2 targets, 3 numbers of the step, 4 numbers of the loss, 5 terms, 6 positions, 7 losses of
// samples, 8 totals, 9 what pairs of samples have. n: 0 classes, 1 positions, 2 elements of a sample of the output, 3 the first element of the output
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

DEVICE double crossEntropyGradient(const Args& a, const Element& e) {
  if (weightOf(a, e.sample) == 0) return 0;
  const double* numbers = numbersOf(a, e);
  const double share = shareOf(a, e.sample) / static_cast<double>(a.n[1]);
  return share * (numbers[2] * (powerOf(a, e) / numbers[1]) - smoothed(a, e));
}

DEVICE void cross_entropy(const Args& a, Index i) {
  const Element e = elementAt(a, i);
  putGradient(a, e, crossEntropyGradient(a, e));
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

// Numbers of the loss: 2 alpha, 3 gamma.
DEVICE void focal(const Args& a, Index i) {
  const Element e = elementAt(a, i);
  double value = 0;
  double derivative = 0;
  if (weightOf(a, e.sample) != 0) {
    const double alpha = ofLoss(a, 2);
    const double gamma = ofLoss(a, 3);
    const double scale = shareOf(a, e.sample) / ofLoss(a, 1);
    const double x = outputOf(a, e);
    const double t = targetOf(a, e);
    const double tail = strictExp(-magnitudeOf(x));
    const double logTail = strictLog1p(tail);
    const double on = sigmoidOf(x, tail);
    const double off = sigmoidOf(-x, tail);
    const double entropy = t * softplusOf(-x, logTail) + (1 - t) * softplusOf(x, logTail);
    const double miss = t * off + (1 - t) * on;
    const double focus = strictPow(miss, gamma);
    const double balance = alpha * t + (1 - alpha) * (1 - t);
    value = balance * focus * entropy;
    const double turning = miss == 0 ? 0 : gamma * focus / miss * (1 - 2 * t) * on * off * entropy;
    derivative = scale * balance * (focus * (on - t) + turning);
  }
  pointer<double>(a, 5)[i] = value;
  putGradient(a, e, derivative);
}
KERNEL(focal_any, focal)

DEVICE void dice_sigmoid(const Args& a, Index i) {
  const Element e = elementAt(a, i);
  if (weightOf(a, e.sample) == 0) return;
  const double x = outputOf(a, e);
  pointer<double>(a, 5)[i] = sigmoidOf(x, strictExp(-magnitudeOf(x)));
}
KERNEL(dice_sigmoid_any, dice_sigmoid)

// A sample's loss; its coefficient and its size in the numbers of its first position. Numbers of the loss: 2 epsilon.
DEVICE void dice_sample(const Args& a, Index i) {
  if (weightOf(a, i) == 0) return;
  double overlap = ofLoss(a, 2);
  double whole = ofLoss(a, 2);
  for (Element e = {i, 0, 0}; e.c < size(a, 0); e.c++) {
    for (e.position = 0; e.position < size(a, 1); e.position++) {
      const double on = powerOf(a, e);
      const double target = targetOf(a, e);
      overlap += 2 * on * target;
      whole += on * on + target * target;
    }
  }
  double* numbers = numbersOf(a, {i, 0, 0});
  numbers[0] = overlap / whole;
  numbers[1] = whole;
  pointer<double>(a, 7)[i] = 1 - numbers[0];
}
KERNEL(dice_sample_any, dice_sample)

DEVICE void dice(const Args& a, Index i) {
  const Element e = elementAt(a, i);
  double value = 0;
  if (weightOf(a, e.sample) != 0) {
    const double* numbers = numbersOf(a, {e.sample, 0, 0});
    const double x = outputOf(a, e);
    const double on = powerOf(a, e);
    const double derivative = 2 * (numbers[0] * on - targetOf(a, e)) / numbers[1];
    value = shareOf(a, e.sample) * derivative * on * sigmoidOf(-x, strictExp(-magnitudeOf(x)));
  }
  putGradient(a, e, value);
}
KERNEL(dice_any, dice)

// A sample's loss; the factor of its gradient in the numbers of its first position. A target that is NaN does not count.
DEVICE void mean_squared_error_sample(const Args& a, Index i) {
  if (weightOf(a, i) == 0) return;
  double counted = 0;
  double total = 0;
  for (Element e = {i, 0, 0}; e.c < size(a, 0); e.c++) {
    for (e.position = 0; e.position < size(a, 1); e.position++) {
      const double target = targetOf(a, e);
      if (target != target) continue;
      const double difference = outputOf(a, e) - target;
      counted++;
      total += difference * difference;
    }
  }
  numbersOf(a, {i, 0, 0})[0] = counted == 0 ? 0 : 2 * shareOf(a, i) / counted;
  pointer<double>(a, 7)[i] = counted == 0 ? 0 : total / counted;
}
KERNEL(mean_squared_error_sample_any, mean_squared_error_sample)

DEVICE void mean_squared_error(const Args& a, Index i) {
  const Element e = elementAt(a, i);
  double value = 0;
  if (weightOf(a, e.sample) != 0) {
    const double target = targetOf(a, e);
    value = target != target ? 0 : numbersOf(a, {e.sample, 0, 0})[0] * (outputOf(a, e) - target);
  }
  putGradient(a, e, value);
}
KERNEL(mean_squared_error_any, mean_squared_error)

// Cross entropy of the first of three views of each image, and the divergence of all three. A sample is a row; row r is a
// view of image r modulo the images. The kernels of the cross entropy come before. Numbers of the loss: as cross_entropy,
// 5 weight of the divergence. Numbers of a row then: 0 the logarithm of its sum of exponentials, 3 its divergence.
constexpr Index VIEWS = 3;

DEVICE Index imagesOf(const Args& a) { return size(a, 5) / VIEWS; }

DEVICE double logOf(const Args& a, Index row, Index c) {
  return outputOf(a, {row, c, 0}) - numbersOf(a, {row, 0, 0})[0];
}

DEVICE void consistency_row(const Args& a, Index row) {
  if (weightOf(a, row % imagesOf(a)) == 0) return;
  double largest = doubleOf(static_cast<int64>(0xFFF0000000000000ull));
  for (Index c = 0; c < size(a, 0); c++) {
    const double x = outputOf(a, {row, c, 0});
    if (x > largest || x != x) largest = x;
  }
  double sum = 0;
  for (Index c = 0; c < size(a, 0); c++) sum += strictExp(outputOf(a, {row, c, 0}) - largest);
  numbersOf(a, {row, 0, 0})[0] = largest + strictLog(sum);
}
KERNEL(consistency_row_any, consistency_row)

// The mean distribution of an image, in the place of the terms of its second view.
DEVICE double& meanOf(const Args& a, Index image, Index c) {
  return pointer<double>(a, 5)[static_cast<int64>(imagesOf(a) + image) * a.n[0] + c];
}

DEVICE void consistency_mean(const Args& a, Index i) {
  const Element e = elementAt(a, i);
  if (e.sample >= imagesOf(a) || weightOf(a, e.sample) == 0) return;
  double mean = 0;
  for (Index v = 0; v < VIEWS; v++) mean += strictExp(logOf(a, v * imagesOf(a) + e.sample, e.c)) / VIEWS;
  meanOf(a, e.sample, e.c) = mean;
}
KERNEL(consistency_mean_any, consistency_mean)

DEVICE double ratioOf(const Args& a, Index row, Index c) {
  const double log = logOf(a, row, c);
  const double probability = strictExp(log);
  return probability == 0 ? 0 : probability * (log - strictLog(meanOf(a, row % imagesOf(a), c)));
}

DEVICE void consistency_divergence(const Args& a, Index row) {
  if (weightOf(a, row % imagesOf(a)) == 0) return;
  double sum = 0;
  for (Index c = 0; c < size(a, 0); c++) sum += ratioOf(a, row, c);
  numbersOf(a, {row, 0, 0})[3] = sum;
}
KERNEL(consistency_divergence_any, consistency_divergence)

DEVICE double countedOf(const Args& a) {
  double counted = 0;
  for (Index n = 0; n < size(a, 5); n++) counted += weightOf(a, n);
  return counted;
}

DEVICE void consistency(const Args& a, Index i) {
  const Element e = elementAt(a, i);
  double value = crossEntropyGradient(a, e);
  const double weight = weightOf(a, e.sample % imagesOf(a));
  if (weight != 0) {
    const double scale = ofLoss(a, 5) * weight / countedOf(a);
    const double own = ratioOf(a, e.sample, e.c) - strictExp(logOf(a, e.sample, e.c)) * numbersOf(a, e)[3];
    value = static_cast<float>(value) + scale * own / VIEWS;
  }
  putGradient(a, e, value);
}
KERNEL(consistency_any, consistency)

// The mean over images of both. An index is all of it.
DEVICE void consistency_total(const Args& a, Index) {
  const double counted = countedOf(a);
  double hard = 0;
  CompensatedSum divergences;
  for (Index image = 0; image < imagesOf(a); image++) {
    const double weight = weightOf(a, image);
    double sum = 0;
    for (Index v = 0; weight != 0 && v < VIEWS; v++) sum += numbersOf(a, {v * imagesOf(a) + image, 0, 0})[3];
    if (weight != 0) hard += weight * pointer<double>(a, 7)[image];
    divergences.add(weight == 0 ? 0 : weight * (sum / VIEWS));
  }
  pointer<double>(a, 8)[a.n[4]] = counted == 0 ? 0 : hard / counted + ofLoss(a, 5) * divergences.value() / counted;
}
KERNEL(consistency_total_any, consistency_total)

// The normalised cross entropy of pairs of views. A sample is a row; the second view of image i is row i plus the images.
// The share of a row that counts is the factor of its gradient, that of another is 0. Numbers of the loss: 2 temperature.
// Numbers of a row: 0 its length, 1 the logarithm of its sum of exponentials, 2 its loss, 3 its gradient's part along it.
// Terms are the rows at length 1. at 9: the scaled cosines of all pairs of rows, then what they make of each row.
DEVICE double& pairOf(const Args& a, Index n, Index k) {
  return pointer<double>(a, 9)[static_cast<int64>(n) * a.n[5] + k];
}

DEVICE double& byUnitOf(const Args& a, Index n, Index c) {
  return pointer<double>(a, 9)[a.n[5] * a.n[5] + static_cast<int64>(n) * a.n[0] + c];
}

DEVICE double& unitOf(const Args& a, Index n, Index c) {
  return pointer<double>(a, 5)[static_cast<int64>(n) * a.n[0] + c];
}

// The rows that count in the order of images, the two views of an image side by side: row of an index, and the opposite.
DEVICE Index rowAt(const Args& a, Index at) { return at / 2 + (at % 2 == 0 ? 0 : size(a, 5) / 2); }

DEVICE Index otherViewOf(const Args& a, Index n) {
  const Index images = size(a, 5) / 2;
  return n < images ? n + images : n - images;
}

DEVICE void nt_xent_unit(const Args& a, Index n) {
  if (shareOf(a, n) == 0) return;
  double squares = 0;
  for (Index c = 0; c < size(a, 0); c++) {
    const double x = outputOf(a, {n, c, 0});
    squares += x * x;
  }
  const double root = wideRootOf(squares);
  const double least = 2.2250738585072014e-308;
  const double length = root < least ? least : root;
  for (Index c = 0; c < size(a, 0); c++) unitOf(a, n, c) = outputOf(a, {n, c, 0}) / length;
  numbersOf(a, {n, 0, 0})[0] = length;
}
KERNEL(nt_xent_unit_any, nt_xent_unit)

DEVICE void nt_xent_cosine(const Args& a, Index i) {
  const Index n = i / size(a, 5);
  const Index k = i % size(a, 5);
  if (shareOf(a, n) == 0 || shareOf(a, k) == 0) return;
  double cosine = 0;
  for (Index c = 0; c < size(a, 0); c++) cosine += unitOf(a, n, c) * unitOf(a, k, c);
  pairOf(a, n, k) = cosine / ofLoss(a, 2);
}
KERNEL(nt_xent_cosine_any, nt_xent_cosine)

DEVICE void nt_xent_row(const Args& a, Index n) {
  if (shareOf(a, n) == 0) return;
  double largest = doubleOf(static_cast<int64>(0xFFF0000000000000ull));
  for (Index at = 0; at < size(a, 5); at++) {
    const Index k = rowAt(a, at);
    if (k == n || shareOf(a, k) == 0) continue;
    const double x = pairOf(a, n, k);
    if (x > largest || x != x) largest = x;
  }
  double sum = 0;
  for (Index at = 0; at < size(a, 5); at++) {
    const Index k = rowAt(a, at);
    if (k != n && shareOf(a, k) != 0) sum += strictExp(pairOf(a, n, k) - largest);
  }
  double* numbers = numbersOf(a, {n, 0, 0});
  numbers[1] = strictLog(sum) + largest;
  numbers[2] = numbers[1] - pairOf(a, n, otherViewOf(a, n));
}
KERNEL(nt_xent_row_any, nt_xent_row)

// The derivatives of the losses by the scaled cosines, in their places.
DEVICE void nt_xent_share(const Args& a, Index i) {
  const Index n = i / size(a, 5);
  const Index k = i % size(a, 5);
  if (shareOf(a, n) == 0 || shareOf(a, k) == 0) return;
  double& pair = pairOf(a, n, k);
  pair = k == n ? 0 : strictExp(pair - numbersOf(a, {n, 0, 0})[1]) - (k == otherViewOf(a, n) ? 1 : 0);
}
KERNEL(nt_xent_share_any, nt_xent_share)

DEVICE void nt_xent_by_unit(const Args& a, Index i) {
  const Element e = elementAt(a, i);
  if (shareOf(a, e.sample) == 0) return;
  double sum = 0;
  for (Index at = 0; at < size(a, 5); at++) {
    const Index k = rowAt(a, at);
    if (shareOf(a, k) != 0) sum += (pairOf(a, e.sample, k) + pairOf(a, k, e.sample)) * unitOf(a, k, e.c);
  }
  byUnitOf(a, e.sample, e.c) = sum;
}
KERNEL(nt_xent_by_unit_any, nt_xent_by_unit)

DEVICE void nt_xent_along(const Args& a, Index n) {
  if (shareOf(a, n) == 0) return;
  double along = 0;
  for (Index c = 0; c < size(a, 0); c++) along += byUnitOf(a, n, c) * unitOf(a, n, c);
  numbersOf(a, {n, 0, 0})[3] = along;
}
KERNEL(nt_xent_along_any, nt_xent_along)

DEVICE void nt_xent(const Args& a, Index i) {
  const Element e = elementAt(a, i);
  double value = 0;
  if (shareOf(a, e.sample) != 0) {
    const double* numbers = numbersOf(a, e);
    value = shareOf(a, e.sample) * (byUnitOf(a, e.sample, e.c) - numbers[3] * unitOf(a, e.sample, e.c)) / numbers[0];
  }
  putGradient(a, e, value);
}
KERNEL(nt_xent_any, nt_xent)

// The mean over rows that count. An index is all of it.
DEVICE void nt_xent_total(const Args& a, Index) {
  double count = 0;
  CompensatedSum losses;
  for (Index at = 0; at < size(a, 5); at++) {
    const Index n = rowAt(a, at);
    if (shareOf(a, n) == 0) continue;
    count++;
    losses.add(numbersOf(a, {n, 0, 0})[2]);
  }
  pointer<double>(a, 8)[a.n[4]] = count == 0 ? 0 : losses.value() / count;
}
KERNEL(nt_xent_total_any, nt_xent_total)

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
