using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Sessions;
using MailProxy.Routing.Catalog;
using MailProxy.Transport;
using MailProxy.Transport.Connections;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Proxy.Connect;

/// <summary>Dials a store for one service: candidate addresses in turn within one budget, implicit TLS where the catalog says so.</summary>
internal sealed class StoreConnector(IMailTransport transport, StoreTlsIdentity tls, OwnListeners own, TimeSpan limit)
{
    // Stores named by an address are few and stay: each login and each idle session shares their endpoints.
    private readonly ConcurrentDictionary<(string Address, int Port), EndPoint[]> _literals = new();

    /// <summary>A connection that is ready for the dialogue; for STARTTLS legs it is still in clear.</summary>
    /// <param name="node">The store.</param>
    /// <param name="protocol">The client's.</param>
    /// <param name="client">Whose session it is for: the store's connection comes to live on the same thread.</param>
    /// <param name="deadline">The session's.</param>
    public async ValueTask<Outcome<StoreConnection>> ConnectAsync(
        StoreNode node, MailProtocol protocol, ConnectionContext client, SessionDeadline deadline)
    {
        if (!TryFindPort(node, protocol, out var port, out var isImplicit))
        {
            return Outcome<StoreConnection>.Failed(ProxyFailure.NoRoute, $"{node.Id} offers no port for {ProtocolNames.Of(protocol)}");
        }

        using var budget = deadline.Within(limit);
        var problem = "no address";
        try
        {
            foreach (var endPoint in await ResolveAsync(node.Address, port, deadline.Token))
            {
                await client.ReturnHomeAsync();
                if (own.Contains(endPoint))
                {
                    problem = $"{node.Id} at {endPoint} is a listener of our own";
                    continue;
                }

                var attempt = await DialAsync(node, endPoint, isImplicit, deadline.Token);
                if (attempt.IsDone || attempt.Failure != ProxyFailure.StoreUnreachable)
                {
                    return attempt;
                }

                problem = attempt.Detail;
            }
        }
        catch (OperationCanceledException) when (budget.HasPassed)
        {
            return Outcome<StoreConnection>.Failed(ProxyFailure.StoreTimeout, $"{node.Id} ({node.Address}:{port}): no connection within {limit.TotalSeconds:0.#} s");
        }
        catch (SocketException exception)
        {
            problem = exception.Message;
        }

        return Outcome<StoreConnection>.Failed(ProxyFailure.StoreUnreachable, $"{node.Id} ({node.Address}:{port}): {problem}");
    }

    private async ValueTask<IReadOnlyList<EndPoint>> ResolveAsync(string address, int port, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(address, out var literal))
        {
            return _literals.GetOrAdd((address, port), static (key, ip) => [new IPEndPoint(ip, key.Port)], literal);
        }

        if (address.StartsWith("memory:", StringComparison.Ordinal))
        {
            return [new MailProxy.Transport.Memory.MemoryEndPoint($"{address["memory:".Length..]}:{port}")];
        }

        return [.. (await Dns.GetHostAddressesAsync(address, cancellationToken)).Select(ip => new IPEndPoint(ip, port))];
    }

    /// <summary>Where a store is dialled for a protocol, and whether TLS begins with the first octet there.</summary>
    internal static bool TryFindPort(StoreNode node, MailProtocol protocol, out int port, out bool isImplicit)
    {
        isImplicit = node.Tls == StoreTlsMode.Implicit;
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
            isImplicit = true;
            return true;
        }

        return node.Ports.TryGetValue(plain, out port);
    }

    private async ValueTask<Outcome<StoreConnection>> DialAsync(StoreNode node, EndPoint endPoint, bool isImplicit, CancellationToken cancellationToken)
    {
        ConnectionContext connection;
        try
        {
            connection = await transport.ConnectAsync(endPoint, cancellationToken);
        }
        catch (Exception exception) when (exception is SocketException or IOException or ConnectionAbortedException)
        {
            return Outcome<StoreConnection>.Failed(ProxyFailure.StoreUnreachable, $"{endPoint}: {exception.Message}");
        }

        if (!isImplicit)
        {
            return new StoreConnection(connection, node.Tls == StoreTlsMode.StartTls ? tls.SettingsFor(node.Address) : null);
        }

        var outcome = TlsOutcome.Aborted;
        try
        {
            outcome = await connection.Features.Get<ITlsFeature>()!.BecomeClientAsync(tls.SettingsFor(node.Address), cancellationToken);
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
            return new StoreConnection(connection, null);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return Outcome<StoreConnection>.Failed(ProxyFailure.StoreTlsFailed, $"{node.Id} ({endPoint}): TLS {outcome}");
    }
}
