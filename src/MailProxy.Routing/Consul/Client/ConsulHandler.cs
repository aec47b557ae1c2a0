using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailProxy.Routing.Consul.Client;

/// <summary>Builds the HTTP handler for an address: TCP, TLS with our own authorities, or a unix socket. Redirects are never followed.</summary>
internal static class ConsulHandler
{
    // A Consul server takes 200 connections per client address; several processes may share one.
    private const int MaxConnections = 32;

    /// <exception cref="ConsulException">The CA file cannot be used.</exception>
    public static SocketsHttpHandler Create(ConsulAddress address, ConsulOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            MaxConnectionsPerServer = MaxConnections,
            ConnectTimeout = TimeSpan.FromSeconds(5),
        };
        if (address.SocketPath is { } path)
        {
            handler.ConnectCallback = (_, cancellationToken) => ConnectUnixAsync(path, cancellationToken);
        }

        if (options.CaFile.Length != 0)
        {
            handler.SslOptions.CertificateChainPolicy = TrustOnly(Authorities(options.CaFile));
        }

        return handler;
    }

    private static X509Certificate2Collection Authorities(string file)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ConsulException(ConsulFault.Permanent, $"the CA file {file} cannot be read: {e.Message}", 0, e);
        }

        return authorities.Count != 0
            ? authorities
            : throw new ConsulException(ConsulFault.Permanent, $"the CA file {file} holds no certificate in PEM");
    }

    private static X509ChainPolicy TrustOnly(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    private static async ValueTask<Stream> ConnectUnixAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
