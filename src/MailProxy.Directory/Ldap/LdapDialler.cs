using System.Diagnostics.CodeAnalysis;
using System.DirectoryServices.Protocols;
using System.Net;

namespace MailProxy.Directory.Ldap;

/// <summary>Opens connections. Blocks: for the provider's own threads.</summary>
internal sealed class LdapDialler(LdapDirectoryOptions options, TrustFolder? trust, TimeProvider time)
{
    /// <summary>A connection with TLS, if that is asked for, and bound as the service account.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="isForUsers">Leave the service account out: users will be bound on it.</param>
    /// <param name="deadline">Connecting takes no longer.</param>
    /// <exception cref="LdapFaultException">Why it was not possible.</exception>
    public LdapLink Dial(LdapServerAddress server, bool isForUsers, Deadline deadline)
    {
        var connection = LibLdap.Create(server, deadline.AtMost(options.ConnectTimeout), options.Timeout);
        try
        {
            Prepare(connection, server);
            if (!isForUsers)
            {
                Bind(connection, server);
            }

            // As for a search, whose own limit counts in full seconds.
            return new LdapLink(connection, time, TimeSpan.FromSeconds(Math.Ceiling(options.Timeout.TotalSeconds)));
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    [SuppressMessage("Interoperability", "CA1416", Justification = "LibLdap.Problem keeps the provider from starting on Windows.")]
    private void Prepare(LdapConnection connection, LdapServerAddress server)
    {
        var step = "certificates could not be loaded";
        try
        {
            // A search must never bind on its own, and a referral must not carry a password to another server.
            connection.AutoBind = false;
            connection.SessionOptions.ReferralChasing = ReferralChasingOptions.None;
            connection.SessionOptions.SecureSocketLayer = server.IsTls;
            if (trust is not null)
            {
                connection.SessionOptions.TrustedCertificatesDirectory = trust.Path;
            }

            if (server.IsTls || options.StartTls)
            {
                connection.SessionOptions.StartNewTlsSessionContext();
            }

            if (options.StartTls)
            {
                step = "StartTLS failed";
                connection.SessionOptions.StartTransportLayerSecurity(null);
            }
        }
        catch (Exception exception) when (exception is DirectoryException or IOException or TlsOperationException)
        {
            throw LdapFaults.Of(exception, $"{step}{Advice(server)}");
        }
    }

    private void Bind(LdapConnection connection, LdapServerAddress server)
    {
        try
        {
            var password = options.BindDn.Length == 0 ? "" : ServiceAccount.Read(options.BindPasswordFile);
            if (options.BindDn.Length > 0 && password.Length == 0)
            {
                // With a name and no password the server would bind it as nobody, and say that all is well (RFC 4513 5.1.2).
                throw new LdapFaultException(LdapFault.Unreachable, $"'{options.BindPasswordFile}' is empty: its first line is the password");
            }

            connection.AuthType = options.BindDn.Length == 0 ? AuthType.Anonymous : AuthType.Basic;
            connection.Bind(options.BindDn.Length == 0 ? null : new NetworkCredential(options.BindDn, password));
        }
        catch (LdapException exception) when (exception.ErrorCode == LdapFaults.InvalidCredentials)
        {
            // Ours, not the user's: never a verdict on anybody's password.
            throw new LdapFaultException(LdapFault.Unreachable, $"the server refuses {nameof(options.BindDn)} '{options.BindDn}' with the password in '{options.BindPasswordFile}'", exception);
        }
        catch (DirectoryException exception)
        {
            throw LdapFaults.Of(exception, $"cannot bind as {(options.BindDn.Length == 0 ? "anonymous" : options.BindDn)}{Advice(server)}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LdapFaultException(LdapFault.Unreachable, $"'{options.BindPasswordFile}' cannot be read: {exception.Message}", exception);
        }
    }

    // The library does not tell a certificate that is not trusted from a server that is away.
    private string Advice(LdapServerAddress server) => !server.IsTls && !options.StartTls ? ""
        : $" (if it is up: its certificate must be for '{server.Host}' and of a CA in {(options.Authorities.Length > 0 ? $"'{options.Authorities}'" : "the system's list")})";
}
