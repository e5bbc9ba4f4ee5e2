package org.convoy.jobs.exchange;

/**
 * What one executor measured. Times are medians over rounds.
 *
 * @param seconds of a step that exchanges
 * @param bytesSent in such a step
 * @param socketSeconds that plain sockets take for as many bytes
 * @param waitedSeconds of {@code seconds} in which the executor waited for others
 */
public record ExchangeFigures(
    double seconds, long bytesSent, double socketSeconds, double waitedSeconds) {}
