using MailProxy.Http.Health;

namespace MailProxy.Nodes;

/// <summary>A readiness check from functions.</summary>
internal sealed class ReadinessCheck(string name, Func<string?> unreadiness, Func<string?>? detail = null) : IReadinessCheck
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public string? Unreadiness => unreadiness();

    /// <inheritdoc/>
    public string? Detail => detail?.Invoke();
}
