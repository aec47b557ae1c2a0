namespace MailProxy.Routing.Consul;

/// <summary>Tells permanent from temporary errors. Consul answers 500 for both; only the text differs.</summary>
internal static class ConsulFaults
{
    // Seen on Consul 1.10 behind status 500. Looked for before anything else: "rpc error making call: invalid session" is permanent.
    private static readonly string[] PermanentTexts =
    [
        "invalid session", "Invalid Session TTL", "Invalid Session behavior", "Failed to create filter", "Invalid filter", "does not exist",
        "does not have associated TTL", "Unknown check", "Unknown service", "Must provide", "Missing", "must be between",
    ];

    /// <summary>Classifies an answer that is not a success.</summary>
    public static ConsulFault Classify(int status, string text) => status switch
    {
        403 or 401 => ConsulFault.Denied,
        429 => ConsulFault.Temporary,
        >= 500 when PermanentTexts.Any(t => text.Contains(t, StringComparison.OrdinalIgnoreCase)) => ConsulFault.Permanent,
        >= 500 => ConsulFault.Temporary,
        _ => ConsulFault.Permanent,
    };
}
