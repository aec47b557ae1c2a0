namespace MailProxy.Routing.Plans;

/// <summary>A plan as it stands.</summary>
/// <param name="Plan">What is written down.</param>
/// <param name="IsDriven">A command drives it now (or died so lately that its session has not run out).</param>
public sealed record PlanListing(PlanRecord Plan, bool IsDriven);
