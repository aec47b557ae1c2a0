using System.Security.Cryptography.X509Certificates;

namespace MailProxy.Http.Admin;

/// <summary>How operators' commands reach admin APIs.</summary>
/// <param name="Token">Sent where nobody else can read it; null: none.</param>
/// <param name="Authorities">CAs of the nodes' certificates; null: no node is reached by https, because with a CA of everybody's anybody could be a node.</param>
/// <param name="Certificate">With key, for mutual TLS; null: none.</param>
/// <param name="Patience">For one answer.</param>
public sealed record AdminClientSettings(AdminToken? Token, X509Certificate2Collection? Authorities, X509Certificate2? Certificate, TimeSpan Patience);
