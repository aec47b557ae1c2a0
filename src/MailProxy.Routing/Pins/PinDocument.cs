namespace MailProxy.Routing.Pins;

/// <summary>The JSON form of a pin.</summary>
internal sealed record PinDocument
{
    public string? Store { get; init; }

    public string? State { get; init; }

    public string? Moving { get; init; }

    public string? Move { get; init; }
}
