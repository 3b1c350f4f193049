window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  displayRequestDuration: true,
  // A key would otherwise stay in the browser's storage after the page is closed.
  persistAuthorization: false,
  // Descriptions are not sent to a validator elsewhere.
  validatorUrl: null,
});
