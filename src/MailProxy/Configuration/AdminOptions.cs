using System.Net;
using MailProxy.Nodes.Admin;
using MailProxy.Transport.Tls;

namespace MailProxy.Configuration;

/// <summary>The admin API of a proxy node, and how operators' commands reach that of every node.</summary>
public sealed class AdminOptions
{
    /// <summary>IP address to bind. Beyond loopback it takes a certificate.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>TCP port, 0 to 65535 (0: any free one); -1: there is no admin API, and operators' commands do not reach this node.</summary>
    public int Port { get; set; } = -1;

    /// <summary>How operators' commands reach it, e.g. <c>https://proxy-1.internal:8443</c>; empty: made of <see cref="Address"/> (or Node:Address) and port.</summary>
    public string Url { get; set; } = "";

    /// <summary>File with the token that is asked for, and that commands send; empty: none.</summary>
    public string TokenFile { get; set; } = "";

    /// <summary>PEM certificate, with its intermediates, for the name in <see cref="Url"/>; null: in clear, on loopback only.</summary>
    public string? Certificate { get; set; }

    /// <summary>Its PEM key; null: it is in <see cref="Certificate"/> too.</summary>
    public string? Key { get; set; }

    /// <summary>PEM file of the CAs of operators' certificates; null: none is asked for. Of their own: whoever has a certificate of them is an operator.</summary>
    public string? ClientAuthorities { get; set; }

    /// <summary>For commands. PEM file of the CAs of the nodes' certificates; needed for https.</summary>
    public string Authorities { get; set; } = "";

    /// <summary>For commands. PEM file with the operator's certificate; empty: none.</summary>
    public string OperatorCertificate { get; set; } = "";

    /// <summary>For commands. Its key.</summary>
    public string OperatorKey { get; set; } = "";

    /// <summary>There is an admin API.</summary>
    internal bool IsOn => Port >= 0;

    /// <summary>Its TLS; null: in clear.</summary>
    internal TlsOptions? ToTls() => Certificate is null
        ? null
        : new TlsOptions { Certificate = Certificate, Key = Key, ClientAuthorities = ClientAuthorities, RequireClientCertificate = ClientAuthorities is not null };

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        var errors = new List<string>();
        var isAddress = IPAddress.TryParse(Address, out var address);
        Check(isAddress, $"{path}:Address: '{Address}' is not an IP address; use 127.0.0.1, or an inside address together with a certificate.");
        Check(Port is >= -1 and <= 65535, $"{path}:Port: give a port from 0 to 65535, or -1 for no admin API.");
        Check(
            Url.Length == 0 || (Uri.TryCreate(Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"),
            $"{path}:Url: '{Url}' is no URL like https://proxy-1.internal:8443.");
        if (IsOn)
        {
            Check(
                TokenFile.Length > 0 || ClientAuthorities is not null,
                $"{path}:TokenFile: name a file with a token, or {path}:ClientAuthorities with the CA of operators' certificates: whoever reaches this API can end every session.");
            Check(
                Certificate is not null || !isAddress || IPAddress.IsLoopback(address!),
                $"{path}:Certificate: {Address} is not loopback, so the admin API needs a certificate: the token must not travel in clear.");
        }

        Check(ClientAuthorities is null || Certificate is not null, $"{path}:Certificate: client certificates are shown in TLS only, so the admin API needs a certificate of its own.");
        if (TokenFile.Length > 0 && AdminTokenFile.Problem(TokenFile) is { } problem)
        {
            errors.Add($"{path}:TokenFile: {problem}");
        }

        errors.AddRange(ToTls()?.Validate(path) ?? []);
        foreach (var (name, file) in new[] { (nameof(Authorities), Authorities), (nameof(OperatorCertificate), OperatorCertificate), (nameof(OperatorKey), OperatorKey) })
        {
            Check(file.Length == 0 || File.Exists(file), $"{path}:{name}: there is no file '{file}'.");
        }

        Check(OperatorCertificate.Length > 0 == OperatorKey.Length > 0, $"{path}:OperatorKey: an operator's certificate needs both OperatorCertificate and OperatorKey.");
        return errors;

        void Check(bool isGood, string error)
        {
            if (!isGood)
            {
                errors.Add(error);
            }
        }
    }
}
