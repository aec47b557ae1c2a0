using System.Net;
using System.Text.Json;
using MailProxy.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace MailProxy.Http.Tests;

/// <summary>A store's HTTP side: mutual TLS, and an answer that tells what it was asked.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly WebApplication _application;
    private ListenOptions? _listen;

    private TestStore(string id, TestAuthority authority)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            _listen = listen;
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = authority.Server(),
                ClientCertificateMode = ClientCertificateMode.RequireCertificate,
                ClientCertificateValidation = (certificate, _, _) => certificate.Issuer == authority.Issuer.Root.Subject,
            });
        }));
        _application = builder.Build();
        _application.Run(async context =>
        {
            context.Response.Headers.SetCookie = "session=1";
            if (context.Request.Path == "/v1/refused")
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                context.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
                await context.Response.WriteAsync("the store's own words");
                return;
            }

            var certificate = await context.Connection.GetClientCertificateAsync();
            var answer = new Answer(
                id,
                certificate!.Subject,
                context.Request.Path + context.Request.QueryString,
                context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                await new StreamReader(context.Request.Body).ReadToEndAsync());
            await context.Response.WriteAsync(JsonSerializer.Serialize(answer));
        });
    }

    public IPEndPoint EndPoint => _listen!.IPEndPoint!;

    public static async Task<TestStore> StartAsync(string id, TestAuthority authority)
    {
        var store = new TestStore(id, authority);
        await store._application.StartAsync();
        return store;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    /// <summary>What the store saw.</summary>
    internal sealed record Answer(string Store, string Client, string Path, Dictionary<string, string> Headers, string Body);
}
