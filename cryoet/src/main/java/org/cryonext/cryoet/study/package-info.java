/**
 * The whole study: the paper's protocol with the paper's figures beside ours, and step by step the fair one. Begin with
 * {@link org.cryonext.cryoet.study.Reproduction}.
 */
package org.cryonext.cryoet.study;
