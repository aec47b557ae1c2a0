namespace MailProxy.Routing.Consul.Registration;

/// <summary>The numbers of a registration.</summary>
/// <param name="Heartbeat">Between two reports to the TTL check; null: it has none.</param>
internal sealed record RegistrationTiming(TimeSpan? Heartbeat)
{
    /// <summary>Between two verifications: consul.md, "verify and register again every minute".</summary>
    public TimeSpan Verify { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>First pause after a failure; doubles.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest pause after failures.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the farewell may take.</summary>
    public TimeSpan Farewell { get; init; } = TimeSpan.FromSeconds(3);
}
