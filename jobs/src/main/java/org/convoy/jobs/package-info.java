/**
 * The command line: one command a class, and {@link org.convoy.jobs.Main}, which lists them.
 *
 * <p>A command reads its options, calls the driver and says what came of it; it computes nothing
 * itself. The two benchmarks have rooms of their own below. Nobody imports this room. Results go to
 * standard output, everything else to standard error. The exit code is 0 when the work is done, 1
 * when it failed and 2 when the request was wrong ({@link org.convoy.jobs.Failures}).
 */
package org.convoy.jobs;
