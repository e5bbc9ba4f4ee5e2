/**
 * Training and prediction as stages of Spark ML: {@link org.convoy.ml.ConvoyClassifier} learns from
 * a data frame of images and labels, {@link org.convoy.ml.ConvoyClassificationModel} predicts
 * images of a data frame.
 *
 * <p>These are the classes that programs on Spark import. They stand on {@code
 * org.convoy.driver.training} and {@code org.convoy.inference} and compute nothing themselves.
 */
package org.convoy.ml;
