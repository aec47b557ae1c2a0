using MailProxy.Directory;
using MailProxy.Protocols.Referrals;

namespace MailProxy.Proxy.Failures;

/// <summary>What is known of a failed phase.</summary>
/// <param name="Failure">The row of the failure table.</param>
/// <param name="Detail">For the log, never for the client.</param>
/// <param name="UserText">The store's own words where they are meant for the user; otherwise null.</param>
/// <param name="Refusal">How the directory wants it to be told; null: it does not say.</param>
/// <param name="Referral">Where the store says that the user lives; null: it does not say.</param>
internal sealed record FailureReport(ProxyFailure Failure, string Detail, string? UserText, RefusalWords? Refusal = null, UserReferral? Referral = null);
