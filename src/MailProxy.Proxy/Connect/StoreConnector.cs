using System.Net;
using System.Net.Sockets;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Sessions;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Health;
using MailProxy.Transport;
using MailProxy.Transport.Connections;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Proxy.Connect;

/// <summary>Dials one address of a store for one service, with implicit TLS where the catalog says so, and tells the monitor how it went.</summary>
/// <param name="transport">Dials.</param>
/// <param name="tls">Whom we trust, and who we are.</param>
/// <param name="own">What must not be dialled.</param>
/// <param name="limit">For a store with all its addresses.</param>
/// <param name="health">Hears what fails; null: nobody does, and nothing counts as down.</param>
/// <param name="time">For the limit.</param>
internal sealed class StoreConnector(
    IMailTransport transport, StoreTlsIdentity tls, OwnListeners own, TimeSpan limit, StoreHealthMonitor? health, TimeProvider time)
{
    private readonly StoreResolver _resolver = new();

    /// <summary>The time for a store, from now.</summary>
    public ConnectBudget NewBudget() => new(time, limit);

    /// <summary>By which service a store is dialled for a protocol; the failure when there is none.</summary>
    public static Outcome<StoreNode> TryFindDoor(StoreNode node, MailProtocol protocol, out StoreDoor door) => TryFindDoor(node, protocol, out door, out _)
        ? node
        : Outcome<StoreNode>.Failed(ProxyFailure.NoRoute, $"{node.Id} offers no port for {ProtocolNames.Of(protocol)}");

    /// <summary>Where a store is dialled for a protocol, and whether TLS begins with the first octet there.</summary>
    internal static bool TryFindDoor(StoreNode node, MailProtocol protocol, out StoreDoor door, out int port)
    {
        var (plain, secure) = protocol switch
        {
            MailProtocol.Imap => (StoreService.Imap, StoreService.Imaps),
            MailProtocol.Pop3 => (StoreService.Pop3, StoreService.Pop3s),
            MailProtocol.Submission => (StoreService.Submission, StoreService.Submission),
            _ => (StoreService.Lmtp, StoreService.Lmtp),
        };

        // With TLS asked for, a port that has it from the first octet saves two round trips.
        if (node.Tls != StoreTlsMode.None && secure != plain && node.Ports.TryGetValue(secure, out port))
        {
            door = new(secure, true);
            return true;
        }

        door = new(plain, node.Tls == StoreTlsMode.Implicit);
        return node.Ports.TryGetValue(plain, out port);
    }

    /// <summary>Why none of a store's addresses may be dialled.</summary>
    public static Outcome<T> AllDown<T>(StoreNode node, StoreDoor door)
        where T : class => Outcome<T>.Failed(ProxyFailure.StoreUnreachable, $"{node.Id} is down: " + string.Join("; ", node.Candidates.Select(candidate =>
            candidate.IsOut ? $"{candidate.Address}: {candidate.Detail}"
            : candidate.For(door.Service) is { } endpoint ? $"{endpoint}: {endpoint.Reason}"
            : $"{candidate.Address} offers no {door.Service}")));

    /// <summary>A connection that is ready for the dialogue; for STARTTLS legs it is still in clear. A failure has been told to the monitor.</summary>
    /// <param name="node">The store.</param>
    /// <param name="candidate">Which of its addresses.</param>
    /// <param name="door">The service.</param>
    /// <param name="budget">The time for all addresses.</param>
    /// <param name="others">Addresses that can be tried after this one.</param>
    /// <param name="client">Whose session it is for: the store's connection comes to live on the same thread.</param>
    /// <param name="deadline">The session's.</param>
    public async ValueTask<Outcome<StoreConnection>> ConnectAsync(
        StoreNode node, StoreCandidate candidate, StoreDoor door, ConnectBudget budget, int others, ConnectionContext client, SessionDeadline deadline)
    {
        var endpoint = candidate.For(door.Service)!;
        var resolved = await ResolveAsync(node, endpoint, budget.Share(1 + others), deadline);
        await client.ReturnHomeAsync();
        if (!resolved.IsDone)
        {
            Note(node, door, endpoint, resolved.Detail);
            return resolved.As<StoreConnection>();
        }

        var failed = Outcome<StoreConnection>.Failed(ProxyFailure.StoreUnreachable, $"{node.Id} ({endpoint}): no address");
        for (var i = 0; i < resolved.Value.Count; i++)
        {
            var endPoint = resolved.Value[i];
            if (own.Contains(endPoint))
            {
                // Our own fault, and nothing that a probe could mend.
                return Outcome<StoreConnection>.Failed(ProxyFailure.StoreUnreachable, $"{node.Id} at {endPoint} is a listener of our own");
            }

            var share = budget.Share(resolved.Value.Count - i + others);
            using var until = deadline.Within(share);
            try
            {
                failed = await DialAsync(node, candidate, endpoint, endPoint, door.IsImplicit, deadline.Token);
            }
            catch (OperationCanceledException) when (until.HasPassed)
            {
                failed = Outcome<StoreConnection>.Failed(ProxyFailure.StoreTimeout, $"{node.Id} ({endpoint}): no connection within {share.TotalSeconds:0.#} s");
            }
            catch (SocketException exception) when (IsOurs(exception.SocketErrorCode))
            {
                return Outcome<StoreConnection>.Failed(ProxyFailure.StoreUnreachable, $"{node.Id} ({endpoint}) was not dialled: {exception.Message}");
            }

            if (failed.IsDone)
            {
                return failed;
            }
        }

        Note(node, door, endpoint, failed.Detail);
        return failed;
    }

    /// <summary>What a dialogue on a connection tells of its address. True: another address may be tried, nothing of the user was said yet.</summary>
    public bool Judge<T>(StoreNode node, StoreDoor door, EndpointHealth endpoint, Outcome<T> outcome, bool isGreeted)
        where T : class
    {
        var isWell = AttemptJudgement.IsWell(outcome.IsDone ? null : outcome.Failure, isGreeted);
        if (isWell == true)
        {
            StoreHealthMonitor.Succeeded(endpoint);
        }
        else if (isWell == false)
        {
            Note(node, door, endpoint, outcome.Detail);
        }

        return isWell == false;
    }

    // What the system lacks here says nothing of the store.
    private static bool IsOurs(SocketError error) =>
        error is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.AddressNotAvailable or SocketError.AccessDenied;

    private void Note(StoreNode node, StoreDoor door, EndpointHealth endpoint, string detail) => health?.Failed(node, door.Service, endpoint, detail);

    private async ValueTask<Outcome<IReadOnlyList<EndPoint>>> ResolveAsync(StoreNode node, EndpointHealth endpoint, TimeSpan share, SessionDeadline deadline)
    {
        var found = _resolver.ResolveAsync(endpoint.Address, endpoint.Port, CancellationToken.None);
        if (found.IsCompletedSuccessfully)
        {
            return Outcome<IReadOnlyList<EndPoint>>.Done(found.Result);
        }

        using var until = deadline.Within(share);
        try
        {
            return Outcome<IReadOnlyList<EndPoint>>.Done(await found.AsTask().WaitAsync(deadline.Token));
        }
        catch (OperationCanceledException) when (until.HasPassed)
        {
            return Outcome<IReadOnlyList<EndPoint>>.Failed(ProxyFailure.StoreTimeout, $"{node.Id} ({endpoint}): its name did not resolve within {share.TotalSeconds:0.#} s");
        }
        catch (SocketException exception)
        {
            return Outcome<IReadOnlyList<EndPoint>>.Failed(ProxyFailure.StoreUnreachable, $"{node.Id} ({endpoint}): {exception.Message}");
        }
    }

    private async ValueTask<Outcome<StoreConnection>> DialAsync(
        StoreNode node, StoreCandidate candidate, EndpointHealth endpoint, EndPoint endPoint, bool isImplicit, CancellationToken cancellationToken)
    {
        ConnectionContext connection;
        try
        {
            connection = await transport.ConnectAsync(endPoint, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or ConnectionAbortedException || (exception is SocketException dial && !IsOurs(dial.SocketErrorCode)))
        {
            return Outcome<StoreConnection>.Failed(ProxyFailure.StoreUnreachable, $"{node.Id} ({endPoint}): {exception.Message}");
        }

        if (!isImplicit)
        {
            return new StoreConnection(connection, node.Tls == StoreTlsMode.StartTls ? tls.SettingsFor(candidate.Address) : null, endpoint);
        }

        var outcome = TlsOutcome.Aborted;
        try
        {
            outcome = await connection.Features.Get<ITlsFeature>()!.BecomeClientAsync(tls.SettingsFor(candidate.Address), cancellationToken);
        }
        finally
        {
            if (outcome != TlsOutcome.Done)
            {
                connection.Abort();
                await connection.DisposeAsync();
            }
        }

        if (outcome == TlsOutcome.Done)
        {
            return new StoreConnection(connection, null, endpoint);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return Outcome<StoreConnection>.Failed(ProxyFailure.StoreTlsFailed, $"{node.Id} ({endPoint}): TLS {outcome}");
    }
}
