namespace MailProxy.Nodes.Draining;

/// <summary>How a drain goes.</summary>
/// <param name="Grace">From "not ready" to closed listeners.</param>
/// <param name="Deadline">From now to the end of the last session, the grace included.</param>
/// <param name="Patience">The last part of it: what a session that was asked may take.</param>
/// <param name="LeastRate">Goodbyes a second at least; 0: as slowly as the deadline allows.</param>
/// <param name="Reason">For the log lines of sessions.</param>
internal sealed record DrainPlan(TimeSpan Grace, TimeSpan Deadline, TimeSpan Patience, int LeastRate, string Reason);
