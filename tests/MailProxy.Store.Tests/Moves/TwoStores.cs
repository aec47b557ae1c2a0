using Xunit;

namespace MailProxy.Store.Tests.Moves;

/// <summary>Tests with a store that a user leaves and one to which they come.</summary>
public abstract class TwoStores : IAsyncLifetime
{
    private protected MoveNode Source { get; set; } = null!;

    private protected MoveNode Target { get; private set; } = null!;

    /// <summary>The clock of both.</summary>
    protected virtual TimeProvider Clock => TimeProvider.System;

    public virtual async ValueTask InitializeAsync()
    {
        Source = await MoveNode.OpenAsync("store-1", Clock);
        Target = await MoveNode.OpenAsync("store-2", Clock);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Source.DisposeAsync();
        await Target.DisposeAsync();
    }
}
