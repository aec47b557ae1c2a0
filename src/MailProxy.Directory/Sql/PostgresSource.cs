using Npgsql;

namespace MailProxy.Directory.Sql;

/// <summary>Makes the pool.</summary>
internal static class PostgresSource
{
    /// <param name="options">Valid.</param>
    public static NpgsqlDataSource Create(SqlDirectoryOptions options)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        int hosts = settings.Host!.Split(',').Length;
        settings.MaxPoolSize = options.Connections;
        settings.MinPoolSize = Math.Min(settings.MinPoolSize, options.Connections);
        settings.MaxAutoPrepare = 0;

        // We set nothing in a session, so there is nothing to reset; and pgbouncer hands the connection to somebody else anyway.
        settings.NoResetOnClose = true;

        // Our own token ends a query. How long Npgsql then waits for the server to say so before it gives the connection up, in ms.
        settings.CommandTimeout = 0;
        settings.CancellationTimeout = 1000;

        // To connect, for each host: one that swallows packets must leave time for the next. In whole seconds.
        settings.Timeout = Math.Max(1, (int)(options.Timeout.TotalSeconds / hosts));
        settings.ApplicationName ??= "mailproxy";
        if (!settings.ContainsKey("GSS Encryption Mode"))
        {
            // Else every connection asks Kerberos first.
            settings.GssEncryptionMode = GssEncryptionMode.Disable;
        }

        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        if (options.PasswordFile.Length > 0)
        {
            string file = options.PasswordFile;
            builder.UsePasswordProvider(_ => PostgresPassword.Read(file), (_, _) => ValueTask.FromResult(PostgresPassword.Read(file)));
        }

        return hosts > 1 ? builder.BuildMultiHost().WithTargetSession(TargetOf(settings)) : builder.Build();
    }

    // The proxy only reads: a standby is as good, unless the operator says otherwise.
    private static TargetSessionAttributes TargetOf(NpgsqlConnectionStringBuilder settings) => settings.TargetSessionAttributes?.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant() switch
    {
        "PRIMARY" => TargetSessionAttributes.Primary,
        "STANDBY" => TargetSessionAttributes.Standby,
        "PREFERPRIMARY" => TargetSessionAttributes.PreferPrimary,
        "PREFERSTANDBY" => TargetSessionAttributes.PreferStandby,
        "READWRITE" => TargetSessionAttributes.ReadWrite,
        "READONLY" => TargetSessionAttributes.ReadOnly,
        _ => TargetSessionAttributes.Any,
    };
}
