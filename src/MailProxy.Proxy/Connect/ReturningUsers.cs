using MailProxy.Proxy.Sessions;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Health;
using MailProxy.Transport.Connections;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Proxy.Connect;

/// <summary>The turns of those who come back to a store that was down.</summary>
internal sealed class ReturningUsers(StoreHealthMonitor health, StoreHealthOptions options)
{
    /// <summary>Waits for a turn, for <see cref="StoreHealthOptions.ReturnWait"/> at most.</summary>
    public async ValueTask<ReturnTurn> EnterAsync(StoreNode node, ConnectionContext client, SessionDeadline deadline)
    {
        using var limit = deadline.Within(options.ReturnWait);
        try
        {
            var turn = await health.EnterAsync(node, deadline.Token);
            await client.ReturnHomeAsync();
            return turn;
        }
        catch (OperationCanceledException) when (limit.HasPassed)
        {
            await client.ReturnHomeAsync();
            return ReturnTurn.Refused;
        }
    }

    /// <summary>Why there was no turn.</summary>
    public string Refusal(StoreNode node) =>
        $"{node.Id} has just come back and its users are let in by turns: none within {options.ReturnWait.TotalSeconds:0.#} s, or {options.ReturnWaiting} wait already";
}
