using MailProxy.Commands;

return await MailProxyCommand.RunAsync(args);
