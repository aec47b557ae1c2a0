namespace MailProxy.Http.Health;

/// <summary>One reason why this node may not be ready for traffic. Asked at every probe: it must answer from memory.</summary>
public interface IReadinessCheck
{
    /// <summary>Short, lower case, e.g. <c>directory</c>.</summary>
    string Name { get; }

    /// <summary>Null when ready; otherwise one sentence for <c>/readyz?verbose</c>.</summary>
    string? Unreadiness { get; }
}
