/**
 * A training run: the session on the driver, the loop on the executor.
 *
 * <p>{@link org.convoy.driver.training.TrainingSession} indexes the data, starts one barrier stage
 * with one task an executor, receives the tasks' reports, and starts the stage again from the last
 * checkpoint when an executor is lost. Each task is an {@link
 * org.convoy.driver.training.ExecutorLoop}: it trains, validates and saves until the run ends, with
 * plans over one set of {@link org.convoy.driver.evaluation.Weights}. {@link
 * org.convoy.driver.evaluation.Evaluation} evaluates a saved model in a Spark job; {@link
 * org.convoy.driver.evaluation.Predictor} uses one in the calling process, without Spark.
 *
 * <p>Tasks and messages travel through {@code org.convoy.driver.spark}; nothing here imports Spark.
 * Only {@code org.convoy.jobs} calls this package.
 */
package org.convoy.driver.training;
