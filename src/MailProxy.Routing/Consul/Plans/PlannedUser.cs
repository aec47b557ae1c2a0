namespace MailProxy.Routing.Consul.Plans;

/// <summary>A user whose turn to move will come.</summary>
/// <param name="User">Canonical name.</param>
/// <param name="From">Where they live.</param>
/// <param name="To">Where they will.</param>
public sealed record PlannedUser(string User, string From, string To);
