/**
 * What trains: Convoy's own loop, or a training master of another program on the same executors.
 * {@link org.convoy.driver.engine.ForeignEngine} is the interface that such a program's jar
 * implements. Its callers are the recipe and the training session. Nothing here knows Spark or the
 * other program.
 */
package org.convoy.driver.engine;
