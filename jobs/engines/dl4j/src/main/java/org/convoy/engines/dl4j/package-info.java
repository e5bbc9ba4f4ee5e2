/**
 * DL4J's training masters for Spark as an engine of Convoy's: the converted network, its updater
 * and its learning rates. Convoy's session calls it through {@link
 * org.convoy.driver.engine.ForeignEngine}.
 */
package org.convoy.engines.dl4j;
