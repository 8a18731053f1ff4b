/**
 * What an evaluation leaves behind: tables (CSV, xlsx), figures (PNG) and one self-contained page. Start with
 * {@link org.cryonext.cryoet.report.Report}.
 */
package org.cryonext.cryoet.report;
