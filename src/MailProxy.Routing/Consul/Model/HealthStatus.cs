namespace MailProxy.Routing.Consul.Model;

/// <summary>The words Consul uses for the status of a check.</summary>
public static class HealthStatus
{
    /// <summary>All is well.</summary>
    public const string Passing = "passing";

    /// <summary>Still to be used.</summary>
    public const string Warning = "warning";

    /// <summary>Not to be used.</summary>
    public const string Critical = "critical";
}
