/**
 * The one list of operators at work that tests, differentiates and times every backend. Begin with {@link
 * org.cryonext.engine.cases.OpCases}.
 */
package org.cryonext.engine.cases;
