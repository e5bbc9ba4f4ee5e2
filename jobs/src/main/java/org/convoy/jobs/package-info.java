/**
 * The command line: one class per command, and {@link org.convoy.jobs.Main}, which lists them.
 *
 * <p>A command reads its options, calls the driver and reports the result; it computes nothing
 * itself. The two benchmarks have their own packages below. No other package imports this one.
 * Results go to standard output, everything else to standard error. The exit code is 0 when the
 * work is done, 1 when it failed and 2 when the request was wrong ({@link
 * org.convoy.jobs.Failures}).
 */
package org.convoy.jobs;
