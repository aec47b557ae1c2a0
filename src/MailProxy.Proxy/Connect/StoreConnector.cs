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

/// <summary>Dials a store for one service: its addresses in turn, with implicit TLS where the catalog says so, and tells the monitor how it went.</summary>
/// <param name="transport">Dials.</param>
/// <param name="tls">Whom we trust, and who we are.</param>
/// <param name="own">What must not be dialled.</param>
/// <param name="limits">How long it may take.</param>
/// <param name="health">Hears what fails; null: nobody does, and nothing counts as down.</param>
/// <param name="time">For the limits.</param>
internal sealed class StoreConnector(
    IMailTransport transport, StoreTlsIdentity tls, OwnListeners own, LimitOptions limits, StoreHealthMonitor? health, TimeProvider time)
{
    private readonly StoreResolver _resolver = new();

    /// <summary>A session's tries at a store, from now; the failure where the store does not offer what the protocol needs.</summary>
    /// <param name="node">The store.</param>
    /// <param name="protocol">The client's.</param>
    /// <param name="key">Which address comes first for whom: see <see cref="CandidateOrder"/>.</param>
    /// <param name="deadline">The session's.</param>
    public Outcome<StoreTries> Begin(StoreNode node, MailProtocol protocol, string key, SessionDeadline deadline) => TryFindDoor(node, protocol, out var door, out _)
        ? new StoreTries(node, door, CandidateOrder.ForLogin(node, door.Service, key), key, limits, deadline, time)
        : Outcome<StoreTries>.Failed(ProxyFailure.NoRoute, $"{node.Id} offers no port for {ProtocolNames.Of(protocol)}");

    /// <summary>Where a store is dialled for a protocol, and whether TLS begins with the first octet there.</summary>
    internal static bool TryFindDoor(StoreNode node, MailProtocol protocol, out StoreDoor door, out int port)
    {
        var (plain, secure) = protocol switch
        {
            MailProtocol.Imap => (StoreService.Imap, StoreService.Imaps),
            MailProtocol.Pop3 => (StoreService.Pop3, StoreService.Pop3s),
            MailProtocol.Submission => (StoreService.Submission, StoreService.Submission),
            MailProtocol.Sieve => (StoreService.Sieve, StoreService.Sieve),
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

    /// <summary>A connection to the next address that takes one; for STARTTLS legs it is still in clear. What failed has been told to the monitor.</summary>
    /// <param name="tries">What is left to try.</param>
    /// <param name="client">Whose session it is for: the store's connection comes to live on the same thread.</param>
    public async ValueTask<Outcome<StoreConnection>> ConnectAsync(StoreTries tries, ConnectionContext client)
    {
        var outcome = default(Outcome<StoreConnection>);
        while (tries.Next() is { } endpoint)
        {
            var resolved = await ResolveAsync(tries, endpoint);
            await client.ReturnHomeAsync();
            outcome = resolved.As<StoreConnection>();
            var isItsFault = true;
            for (var i = 0; isItsFault && i < resolved.Value?.Count; i++)
            {
                if (own.Contains(resolved.Value[i]))
                {
                    // Nothing that a probe could mend.
                    outcome = Outcome<StoreConnection>.Failed(ProxyFailure.StoreUnreachable, $"{tries.Node.Id} at {resolved.Value[i]} is a listener of our own");
                    isItsFault = false;
                    break;
                }

                var share = tries.Share(resolved.Value.Count - i);
                using var until = tries.Deadline.Within(share);
                try
                {
                    outcome = await DialAsync(tries, endpoint, resolved.Value[i]);
                }
                catch (OperationCanceledException) when (until.HasPassed)
                {
                    outcome = Outcome<StoreConnection>.Failed(ProxyFailure.StoreTimeout, $"{tries.Node.Id} ({endpoint}): no connection within {share.TotalSeconds:0.#} s");
                }
                catch (SocketException exception) when (IsOurs(exception.SocketErrorCode))
                {
                    outcome = Outcome<StoreConnection>.Failed(ProxyFailure.StoreUnreachable, $"{tries.Node.Id} ({endpoint}) was not dialled: {exception.Message}");
                    isItsFault = false;
                }

                if (outcome.IsDone)
                {
                    return outcome;
                }
            }

            if (isItsFault)
            {
                Note(tries, endpoint, outcome.Detail);
            }
        }

        return outcome.Report is null ? AllDown(tries) : outcome;
    }

    /// <summary>What a dialogue on a connection tells of its address. True: the next one is to be tried, nothing of the user was said yet.</summary>
    public bool Judge<T>(StoreTries tries, EndpointHealth endpoint, Outcome<T> outcome)
        where T : class
    {
        var isWell = AttemptJudgement.IsWell(outcome.IsDone ? null : outcome.Failure, tries.IsGreeted);
        if (isWell == true)
        {
            health?.Succeeded(endpoint);
        }
        else if (isWell == false)
        {
            Note(tries, endpoint, outcome.Detail);
        }
        else if (outcome.Failure == ProxyFailure.StoreTimeout)
        {
            health?.Unanswered(tries.Node, tries.Door.Service, endpoint, tries.Key, outcome.Detail);
        }

        return isWell == false && tries.HasMore;
    }

    private static Outcome<StoreConnection> AllDown(StoreTries tries) => Outcome<StoreConnection>.Failed(
        ProxyFailure.StoreUnreachable,
        $"{tries.Node.Id} is down: " + string.Join("; ", tries.Node.Candidates.Select(candidate =>
            candidate.IsOut ? $"{candidate.Address}: {candidate.Detail}"
            : candidate.For(tries.Door.Service) is { } endpoint ? $"{endpoint}: {endpoint.Reason}"
            : $"{candidate.Address} offers no {tries.Door.Service}")));

    // What the system lacks here says nothing of the store.
    private static bool IsOurs(SocketError error) =>
        error is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.AddressNotAvailable or SocketError.AccessDenied;

    private void Note(StoreTries tries, EndpointHealth endpoint, string detail) => health?.Failed(tries.Node, tries.Door.Service, endpoint, detail);

    private async ValueTask<Outcome<IReadOnlyList<EndPoint>>> ResolveAsync(StoreTries tries, EndpointHealth endpoint)
    {
        var found = _resolver.ResolveAsync(endpoint.Address, endpoint.Port, CancellationToken.None);
        if (found.IsCompletedSuccessfully)
        {
            return Outcome<IReadOnlyList<EndPoint>>.Done(found.Result);
        }

        var share = tries.Share(1);
        using var until = tries.Deadline.Within(share);
        try
        {
            return Outcome<IReadOnlyList<EndPoint>>.Done(await found.AsTask().WaitAsync(tries.Deadline.Token));
        }
        catch (OperationCanceledException) when (until.HasPassed)
        {
            return Outcome<IReadOnlyList<EndPoint>>.Failed(ProxyFailure.StoreTimeout, $"{tries.Node.Id} ({endpoint}): its name did not resolve within {share.TotalSeconds:0.#} s");
        }
        catch (SocketException exception)
        {
            return Outcome<IReadOnlyList<EndPoint>>.Failed(ProxyFailure.StoreUnreachable, $"{tries.Node.Id} ({endpoint}): {exception.Message}");
        }
    }

    private async ValueTask<Outcome<StoreConnection>> DialAsync(StoreTries tries, EndpointHealth endpoint, EndPoint endPoint)
    {
        ConnectionContext connection;
        var cancellationToken = tries.Deadline.Token;
        try
        {
            connection = await transport.ConnectAsync(endPoint, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or ConnectionAbortedException || (exception is SocketException dial && !IsOurs(dial.SocketErrorCode)))
        {
            return Outcome<StoreConnection>.Failed(ProxyFailure.StoreUnreachable, $"{tries.Node.Id} ({endPoint}): {exception.Message}");
        }

        if (!tries.Door.IsImplicit)
        {
            return new StoreConnection(connection, tries.Node.Tls == StoreTlsMode.StartTls ? tls.SettingsFor(endpoint.Address) : null, endpoint);
        }

        var outcome = TlsOutcome.Aborted;
        try
        {
            outcome = await connection.Features.Get<ITlsFeature>()!.BecomeClientAsync(tls.SettingsFor(endpoint.Address), cancellationToken);
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
        return Outcome<StoreConnection>.Failed(ProxyFailure.StoreTlsFailed, $"{tries.Node.Id} ({endPoint}): TLS {outcome}");
    }
}
