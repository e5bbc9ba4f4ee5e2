/**
 * The examination of a cluster before a run: a short barrier stage in which every executor states
 * what it is and measures its storage and its network, and the rules that find faults in the
 * answers. {@link org.convoy.driver.doctor.Doctor} is the entry. A new rule is a method in one of
 * the classes of rules and a line in its list.
 *
 * <p>The stage opens the exchange as a run does, so that ports, authentication and encryption are
 * examined as they are used. Nothing is changed on a host: files that are written to measure a rate
 * are deleted. This package does not train and does not read images.
 */
package org.convoy.driver.doctor;
