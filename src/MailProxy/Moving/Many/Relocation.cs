namespace MailProxy.Moving.Many;

/// <summary>One user's move among many.</summary>
/// <param name="User">Canonical name.</param>
/// <param name="From">Where they live.</param>
/// <param name="To">Where they will.</param>
internal sealed record Relocation(string User, string From, string To)
{
    /// <summary>Messages, as far as the store told.</summary>
    public long Messages { get; init; }

    /// <summary>Octets, as far as the store told.</summary>
    public long Octets { get; init; }

    /// <summary>Their slot names the new store, or will: no pin is needed afterwards.</summary>
    public bool IsBySlot { get; init; }

    /// <summary>The directory names a home, which the pin overrides afterwards.</summary>
    public bool HasHome { get; init; }

    /// <summary>The move that stands already; null: none was begun.</summary>
    public string? Standing { get; init; }
}
