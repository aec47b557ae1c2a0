namespace MailProxy.Routing.Health;

/// <summary>A login's turn at a store. Ends when it is disposed; harmless where there is no ramp.</summary>
public readonly struct ReturnTurn : IDisposable
{
    private readonly ReturnRamp? _ramp;

    /// <summary>No turn.</summary>
    public static ReturnTurn Refused { get; } = new(null, true);

    internal ReturnTurn(ReturnRamp? ramp, bool isRefused) => (_ramp, IsRefused) = (ramp, isRefused);

    /// <summary>Too many wait already: no turn was given.</summary>
    public bool IsRefused { get; }

    /// <inheritdoc/>
    public void Dispose() => _ramp?.Leave();
}
