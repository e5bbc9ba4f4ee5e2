/**
 * What is done with weights that do not change meanwhile: evaluation and prediction.
 *
 * <p>{@link org.convoy.driver.evaluation.Weights} hold a network's flat vector and compile plans
 * over it. {@link org.convoy.driver.evaluation.Evaluator} evaluates them on an executor's share of
 * a split. {@link org.convoy.driver.evaluation.Evaluation} evaluates a saved model in a Spark job;
 * {@link org.convoy.driver.evaluation.Predictor} uses one in the calling process, without Spark,
 * and {@link org.convoy.driver.evaluation.ExplanationRequest} explains its answers there.
 *
 * <p>Called by {@code org.convoy.driver.training}, which evaluates while it trains, and by {@code
 * org.convoy.jobs}. It knows nothing of training: no optimizer, no checkpoint of a run, no sums.
 */
package org.convoy.driver.evaluation;
