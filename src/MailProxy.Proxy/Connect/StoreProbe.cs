using System.Net.Sockets;
using MailProxy.Directory;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Imap;
using MailProxy.Proxy.Pop3;
using MailProxy.Proxy.Sieve;
using MailProxy.Proxy.Smtp;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Wire;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Health;
using MailProxy.Transport;
using MailProxy.Transport.Connections;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Proxy.Connect;

/// <summary>Does what a session does up to the point where a user would be named: dial, greeting, TLS. Then it says goodbye.</summary>
internal sealed class StoreProbe(IMailTransport transport, StoreTlsIdentity tls, string hostName) : IStoreProbe
{
    private readonly StoreResolver _resolver = new();

    /// <inheritdoc/>
    public async Task<string?> ProbeAsync(StoreNode store, StoreService service, EndpointHealth endpoint, CancellationToken cancellationToken)
    {
        var problem = "no address";
        try
        {
            foreach (var endPoint in await _resolver.ResolveAsync(endpoint.Address, endpoint.Port, cancellationToken))
            {
                problem = await TryAsync(await transport.ConnectAsync(endPoint, cancellationToken), store, service, endpoint, cancellationToken);
                if (problem is null)
                {
                    return null;
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or IOException or ConnectionAbortedException)
        {
            problem = exception.Message;
        }

        return problem;
    }

    private async Task<string?> TryAsync(ConnectionContext connection, StoreNode store, StoreService service, EndpointHealth endpoint, CancellationToken cancellationToken)
    {
        var isDone = false;
        try
        {
            await connection.ReturnHomeAsync();
            var settings = tls.SettingsFor(endpoint.Address);
            var isImplicit = service is StoreService.Imaps or StoreService.Pop3s || store.Tls == StoreTlsMode.Implicit || (service == StoreService.Http && store.Tls != StoreTlsMode.None);
            if (isImplicit && await connection.Features.Get<ITlsFeature>()!.BecomeClientAsync(settings, cancellationToken) is var outcome and not TlsOutcome.Done)
            {
                return $"TLS {outcome}";
            }

            using var nothing = new Secret([]);
            var leg = new StoreLeg(
                store, "", StoreLoginMethod.External, null, nothing, !isImplicit && store.Tls == StoreTlsMode.StartTls ? settings : null, "", null, null, 1, hostName);
            var wire = new MailWire(connection);
            var (failed, goodbye) = service switch
            {
                StoreService.Imap or StoreService.Imaps => (await ImapStoreDialogue.OpenAsync(wire, leg, cancellationToken), "P LOGOUT\r\n"),
                StoreService.Pop3 or StoreService.Pop3s => (await Pop3StoreDialogue.OpenAsync(wire, leg, cancellationToken), "QUIT\r\n"),
                StoreService.Sieve => (await SieveStoreDialogue.OpenAsync(wire, leg, cancellationToken), "LOGOUT\r\n"),
                StoreService.Lmtp => (await OpenAsync(wire, leg, "LHLO", cancellationToken), "QUIT\r\n"),
                StoreService.Submission => (await OpenAsync(wire, leg, "EHLO", cancellationToken), "QUIT\r\n"),
                _ => (null, ""),
            };
            if (failed is not null)
            {
                return $"{failed.Failure}: {failed.Detail}";
            }

            isDone = goodbye.Length == 0 || await wire.SendAsync(goodbye, cancellationToken);
            return null;
        }
        finally
        {
            if (!isDone)
            {
                connection.Abort();
            }

            await connection.DisposeAsync();
        }
    }

    private static async ValueTask<FailureReport?> OpenAsync(MailWire wire, StoreLeg leg, string hello, CancellationToken cancellationToken) =>
        (await SmtpStoreOpening.OpenAsync(wire, leg, hello, tellClientAddress: false, cancellationToken)).Report;
}
